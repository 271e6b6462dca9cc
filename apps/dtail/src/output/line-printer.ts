import type { Output } from '@logflow/cli'
import type { Delivery, LineBatch } from '@logflow/core'
import { shortHostname, splitVisible, type MessageBatch } from '@logflow/protocol'
import type { AnswerSink, DeliverySink } from '../client/answer-sink.ts'
import type { DeliveryOutput } from './delivery-output.ts'
import { harmless } from './harmless.ts'
import { paintLine } from './paint-line.ts'
import type { TermColors } from './term-colors.ts'

const NEWLINE = 10

/** Options of {@link LinePrinter}. */
export interface LinePrinterOptions {
  readonly stdout: Output
  /** Lines as they are: no header, no colours. */
  readonly plain: boolean
  /** Control characters of lines reach the terminal. @defaultValue false */
  readonly raw?: boolean | undefined
  /** Absent for no colours. */
  readonly colors?: TermColors | undefined
  /** Told what was printed: `-log-payload`. */
  readonly payload?: ((bytes: Uint8Array) => void) | undefined
}

/**
 * Lines to stdout, in writes as large as they come. Bytes stay bytes; text is looked at as Latin-1 only where it is
 * painted, which changes no byte.
 */
export class LinePrinter implements AnswerSink, DeliveryOutput {
  readonly #given: LinePrinterOptions
  #options: LinePrinterOptions
  /** Log content must not move a person's cursor; a pipe gets every byte. */
  readonly #harmless: boolean

  constructor(options: LinePrinterOptions) {
    this.#given = options
    this.#options = options
    this.#harmless = options.stdout.isTerminal && options.raw !== true
  }

  /** Goes on with plain lines, or with headers and colours as it was made. */
  become({ plain }: { readonly plain: boolean }): void {
    this.#options = { ...this.#given, plain, colors: plain ? undefined : this.#given.colors }
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

  /** Lines of servers that speak our own protocol. */
  get deliveries(): DeliverySink {
    return { deliver: (item, { name }) => (item.kind === 'lines' ? this.printBatch(item, name) : undefined) }
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

  /** Lines; what else happens is told on stderr by whoever noticed. */
  async deliver(item: Delivery, sourceId: string): Promise<void> {
    if (item.kind === 'lines') await this.printBatch(item, sourceId)
  }

  async say(text: string): Promise<void> {
    if (text !== '') await this.print(Buffer.from(text.endsWith('\n') ? text : `${text}\n`))
  }

  /** Lines that were read here, without a server in between. */
  async printBatch(batch: LineBatch, sourceId: string): Promise<void> {
    await this.print(this.format(batch, sourceId))
  }

  /** The lines as they are printed when nothing is painted or made harmless. */
  format(batch: LineBatch, sourceId: string): Uint8Array {
    return this.#options.plain ? withNewlines(batch) : withHeaders(batch, sourceId)
  }
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
