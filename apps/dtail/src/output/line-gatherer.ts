import { BLOCK_BYTES, type BlockWriter } from './block-writer.ts'

/** So much is written as it lies; less is gathered. */
const LARGE_BYTES = BLOCK_BYTES / 4

/** Gathers lines into blocks, so that a few bytes here and there become few writes. */
export class LineGatherer {
  readonly #writer: BlockWriter
  #block: Buffer | undefined
  #filled = 0

  constructor(writer: BlockWriter) {
    this.#writer = writer
  }

  /** Adds bytes that the caller will use again as soon as the promise, where there is one, is resolved. */
  add(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length >= LARGE_BYTES) {
      this.write()
      return this.#writer.handOver(bytes)
    }
    if (this.#block && bytes.length <= BLOCK_BYTES - this.#filled) {
      this.#block.set(bytes, this.#filled)
      this.#filled += bytes.length
      return undefined
    }
    return this.#addToNext(bytes)
  }

  /** Writes what is gathered. */
  write(): void {
    if (!this.#block) return
    if (this.#filled > 0) this.#writer.write(this.#block.subarray(0, this.#filled), this.#block)
    else this.#writer.giveBack(this.#block)
    this.#block = undefined
    this.#filled = 0
  }

  async #addToNext(bytes: Uint8Array): Promise<void> {
    this.write()
    this.#block = await this.#writer.take()
    this.#block.set(bytes)
    this.#filled = bytes.length
  }
}
