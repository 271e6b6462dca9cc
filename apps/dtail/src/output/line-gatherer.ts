import { BLOCK_BYTES, type BlockWriter } from './block-writer.ts'

const NEWLINE = 10
const LINE_END: Buffer = Buffer.of(NEWLINE)

/** Gathers runs of lines into blocks, so that a few bytes here and there become few writes. */
export class LineGatherer {
  readonly #writer: BlockWriter
  #block: Buffer | undefined
  #filled = 0

  constructor(writer: BlockWriter) {
    this.#writer = writer
  }

  /** Adds the runs of `bytes` whose starts and ends `bounds` lists; a last line without its newline gets one. */
  async add(bytes: Buffer, bounds: readonly number[]): Promise<void> {
    for (let i = 0; i < bounds.length; i += 2) {
      const [from, to] = [bounds[i] as number, bounds[i + 1] as number]
      if (to - from <= BLOCK_BYTES - this.#filled && this.#block) {
        this.#filled += bytes.copy(this.#block, this.#filled, from, to)
      } else await this.#addLarge(bytes, from, to)
      if (to > from && bytes[to - 1] !== NEWLINE) await this.#addLarge(LINE_END, 0, 1)
    }
  }

  /** Whether so much is gathered that it should be written although there is room for more. */
  get full(): boolean {
    return this.#filled >= BLOCK_BYTES / 2
  }

  /** Writes what is gathered. */
  write(): void {
    if (!this.#block) return
    if (this.#filled > 0) this.#writer.write(this.#block.subarray(0, this.#filled), this.#block)
    else this.#writer.giveBack(this.#block)
    this.#block = undefined
    this.#filled = 0
  }

  async #addLarge(bytes: Buffer, from: number, to: number): Promise<void> {
    for (let at = from; at < to;) {
      if (this.#filled === BLOCK_BYTES) this.write()
      this.#block ??= await this.#writer.take()
      const copied = bytes.copy(this.#block, this.#filled, at, to)
      this.#filled += copied
      at += copied
    }
  }
}
