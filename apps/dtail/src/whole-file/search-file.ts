import type { BlockSearch, Matcher } from '@logflow/match'
import type { BlockWriter } from '../output/block-writer.ts'
import { LineGatherer } from '../output/line-gatherer.ts'
import type { WholeFileRules } from './copy-file.ts'
import type { FileBlocks } from './file-blocks.ts'

const NEWLINE = 10
const LINE_END: Uint8Array = Uint8Array.of(NEWLINE)

/** Bytes read at a time: what is searched stays in the processor's cache until it is written. */
export const READ_BYTES: number = 512 * 1024

/** Which lines {@link searchFile} takes. */
export interface WantedLines {
  readonly matcher: Matcher
  /** Those that do not match. */
  readonly invert: boolean
}

/** The wanted lines of the file to `writer`, in order. The last one gets its newline. */
export async function searchFile(
  file: FileBlocks,
  { matcher, invert }: WantedLines,
  writer: BlockWriter,
  rules: WholeFileRules,
): Promise<void> {
  const textBytes = rules.maxLineBytes + 2 * READ_BYTES
  const search = matcher.searchBlocks({ textBytes, invert, withNewline: true })
  await new FileSearch(search, new LineGatherer(writer), rules).run(file)
}

/** The file is read right into the memory that is searched. */
class FileSearch {
  readonly #search: BlockSearch
  readonly #gatherer: LineGatherer
  readonly #rules: WholeFileRules
  readonly #text: Buffer
  /** Bytes of the open line, at the start of the text. */
  #held = 0

  constructor(search: BlockSearch, gatherer: LineGatherer, rules: WholeFileRules) {
    this.#search = search
    this.#gatherer = gatherer
    this.#rules = rules
    const { buffer, byteOffset, length } = search.text
    this.#text = Buffer.from(buffer, byteOffset, length)
  }

  async run(file: FileBlocks): Promise<void> {
    try {
      for (;;) {
        const size = file.read(this.#text.subarray(0, this.#held + READ_BYTES), this.#held)
        if (size === 0) break
        await this.#take(this.#held + size)
        const pause = this.#rules.pace.step()
        if (pause) this.#gatherer.write()
        await pause
      }
    } finally {
      // What was read is shown, whatever happened behind it.
      if (this.#held > 0) await this.#choose(0, this.#held)
      this.#gatherer.write()
    }
  }

  /** The first `size` bytes of the text are there. */
  async #take(size: number): Promise<void> {
    const text = this.#text
    const whole = text.subarray(this.#held, size).lastIndexOf(NEWLINE) + this.#held + 1
    const noNewline = whole === this.#held
    // Only the line that was open before can be too long, since what is read at a time is not.
    const content = noNewline ? size : text.indexOf(NEWLINE, this.#held)
    const start = await this.#cutLong(content)
    const end = noNewline ? start : whole
    if (end > start) await this.#choose(start, end)
    text.copyWithin(0, end, size)
    this.#held = size - end
  }

  /** Pieces of the first line as long as it is too long; returns where the rest of it starts. */
  async #cutLong(content: number): Promise<number> {
    const { maxLineBytes, onCut } = this.#rules
    let start = 0
    for (; content - start > maxLineBytes; start += maxLineBytes) await this.#choose(start, start + maxLineBytes)
    if (start > 0) await onCut()
    return start
  }

  async #choose(from: number, to: number): Promise<void> {
    const chosen = this.#search.choose(from, to)
    if (chosen.length === 0) return
    await this.#gatherer.add(chosen)
    // The last line of the file, or a piece of one.
    if (chosen.at(-1) !== NEWLINE) await this.#gatherer.add(LINE_END)
  }
}
