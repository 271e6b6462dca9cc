import type { BlockWriter } from '../output/block-writer.ts'
import { LineGatherer } from '../output/line-gatherer.ts'
import type { WholeFileRules } from './copy-file.ts'
import type { FileBlocks } from './file-blocks.ts'
import type { LineChoice } from './line-choice.ts'

const NEWLINE = 10

/** Bytes read at a time: what is searched stays in the processor's cache until it is written. */
export const READ_BYTES: number = 512 * 1024

/** The lines of the file that `choice` takes to `writer`, in order. The last one gets its newline. */
export async function searchFile(
  file: FileBlocks,
  choice: LineChoice,
  writer: BlockWriter,
  rules: WholeFileRules,
): Promise<void> {
  const search = new Search(choice, new LineGatherer(writer), rules)
  await search.run(file)
}

class Search {
  readonly #choice: LineChoice
  readonly #gatherer: LineGatherer
  readonly #rules: WholeFileRules
  #buffer: Buffer = Buffer.allocUnsafeSlow(2 * READ_BYTES)
  /** Bytes of the open line, at the start of the buffer. */
  #held = 0

  constructor(choice: LineChoice, gatherer: LineGatherer, rules: WholeFileRules) {
    this.#choice = choice
    this.#gatherer = gatherer
    this.#rules = rules
  }

  async run(file: FileBlocks): Promise<void> {
    try {
      for (;;) {
        this.#makeRoom()
        const size = file.read(this.#buffer.subarray(0, this.#held + READ_BYTES), this.#held)
        if (size === 0) break
        await this.#take(this.#held + size)
        const pause = this.#rules.pace.step()
        if (pause || this.#gatherer.full) this.#gatherer.write()
        await pause
      }
    } finally {
      // What was read is shown, whatever happened behind it.
      if (this.#held > 0) await this.#choose(0, this.#held)
      this.#gatherer.write()
    }
  }

  #makeRoom(): void {
    if (this.#held + READ_BYTES <= this.#buffer.length) return
    const grown = Buffer.allocUnsafeSlow(2 * (this.#held + READ_BYTES))
    this.#buffer.copy(grown, 0, 0, this.#held)
    this.#buffer = grown
  }

  /** The first `size` bytes of the buffer are there. */
  async #take(size: number): Promise<void> {
    const bytes = this.#buffer.subarray(0, size)
    const whole = bytes.subarray(this.#held).lastIndexOf(NEWLINE) + this.#held + 1
    const noNewline = whole === this.#held
    // Only the line that was open before can be too long, since what is read at a time is not.
    const content = noNewline ? size : bytes.indexOf(NEWLINE, this.#held)
    const start = await this.#cutLong(content)
    const end = noNewline ? start : whole
    if (end > start) await this.#choose(start, end)
    this.#buffer.copyWithin(0, end, size)
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
    const bytes = this.#buffer.subarray(from, to)
    await this.#gatherer.add(bytes, this.#choice.runsOf(bytes))
  }
}
