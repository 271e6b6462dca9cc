import type { Output } from '@logflow/cli'
import type { LineBatch } from '@logflow/core'
import { shortHostname, splitVisible, type MessageBatch } from '@logflow/protocol'
import type { AnswerSink } from '../client/ask-server.ts'
import { paintLine } from './paint-line.ts'
import type { TermColors } from './term-colors.ts'

const NEWLINE = 10

/** Options of {@link LinePrinter}. */
export interface LinePrinterOptions {
  readonly stdout: Output
  /** Lines as they are: no header, no colours, nothing made harmless. */
  readonly plain: boolean
  /** Absent for no colours. */
  readonly colors?: TermColors | undefined
  /** Told what was printed: `-log-payload`. */
  readonly payload?: ((bytes: Uint8Array) => void) | undefined
}

/**
 * Lines to stdout, in writes as large as they come. Bytes stay bytes; text is looked at as Latin-1 only where it is
 * painted, which changes no byte.
 */
export class LinePrinter implements AnswerSink {
  readonly #given: LinePrinterOptions
  #options: LinePrinterOptions
  /** Log content must not move a person's cursor; a pipe gets every byte. */
  #harmless: boolean

  constructor(options: LinePrinterOptions) {
    this.#given = options
    this.#options = options
    this.#harmless = options.stdout.isTerminal && !options.plain
  }

  /** Goes on with plain lines, or with headers and colours as it was made. */
  become({ plain }: { readonly plain: boolean }): void {
    const { colors, stdout } = this.#given
    this.#options = { ...this.#given, plain, colors: plain ? undefined : colors }
    this.#harmless = stdout.isTerminal && !plain
  }

  /** Lines come without headers. */
  get plain(): boolean {
    return this.#options.plain
  }

  /** Whether what a server sends is printed just as it is, and nobody else wants to see it. */
  get untouched(): boolean {
    const { colors, payload } = this.#options
    return !colors && !this.#harmless && !payload
  }

  /** Whether lines of files are printed just as they are, too. */
  get verbatim(): boolean {
    return this.#options.plain && this.untouched
  }

  async take(batch: MessageBatch): Promise<readonly string[]> {
    const { visible, hidden } = splitVisible(batch, { plain: this.#options.plain })
    if (visible.length > 0) await this.print(visible)
    return hidden
  }

  /** Whole lines, each with its newline. */
  async print(lines: Uint8Array): Promise<void> {
    const { stdout, colors, payload } = this.#options
    payload?.(lines)
    if (!colors && !this.#harmless) return stdout.write(lines)
    let text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString('latin1')
    if (this.#harmless) text = harmless(text)
    if (colors) text = text.replace(/[^\n]*\n/g, line => paintLine(line, colors))
    await stdout.write(Buffer.from(text, 'latin1'))
  }

  /** Lines that were read here, without a server in between. */
  async printBatch(batch: LineBatch, sourceId: string): Promise<void> {
    await this.print(this.#options.plain ? withNewlines(batch) : withHeaders(batch, sourceId))
  }
}

/** C0 but tab and newline, DEL, and C1 in UTF-8, seen as Latin-1. */
// eslint-disable-next-line no-control-regex -- these are the characters to find
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f]|\u00c2[\u0080-\u009f]/g

function harmless(text: string): string {
  return text.replace(
    UNSAFE,
    found =>
      `\\x${found
        .charCodeAt(found.length - 1)
        .toString(16)
        .padStart(2, '0')}`,
  )
}

/** The lines themselves; pieces of over-long lines and the last line of a file get a newline. */
function withNewlines({ bytes, ends }: LineBatch): Uint8Array {
  let missing = 0
  for (const end of ends) if (bytes[end - 1] !== NEWLINE) missing++
  if (missing === 0) return bytes
  const out = new Uint8Array(bytes.length + missing)
  let [at, start] = [0, 0]
  for (const end of ends) {
    out.set(bytes.subarray(start, end), at)
    at += end - start
    if (bytes[end - 1] !== NEWLINE) out[at++] = NEWLINE
    start = end
  }
  return out
}

/** `REMOTE|host|100|number|source|line`, as a server would send them. */
function withHeaders({ bytes, ends, source, firstLine, lineNumbers }: LineBatch, sourceId: string): Uint8Array {
  const before = `REMOTE|${shortHostname(source.host)}|100|`
  const after = `|${Buffer.from(sourceId).toString('latin1')}|`
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  let out = ''
  let start = 0
  for (const [i, end] of ends.entries()) {
    out += before + String(lineNumbers ? lineNumbers[i] : firstLine + i) + after + text.slice(start, end)
    if (bytes[end - 1] !== NEWLINE) out += '\n'
    start = end
  }
  return Buffer.from(out, 'latin1')
}
