import type { Writable } from 'node:stream'
import { discardBytes } from '@logflow/core'

/** Bytes of one block. */
export const BLOCK_BYTES: number = 256 * 1024

/** Blocks that may be on their way at one time: while the reader of a pipe works on one, the next is there already. */
const BLOCKS = 3

const NOTHING = new Uint8Array(0)

/**
 * Writes to a stream out of a few blocks of memory, each used again as soon as its bytes are handed to the operating
 * system: copying a file of any size touches no more memory than that.
 */
export class BlockWriter {
  readonly #stream: Writable
  readonly #free: Buffer[] = []
  #allocated = 0
  #pendingBytes = 0
  #waiters: (() => void)[] = []
  #failure: Error | undefined

  constructor(stream: Writable) {
    this.#stream = stream
  }

  /** A block to fill. Wait for the promise, where there is one, before taking another. @throws the stream's error */
  take(): Buffer | Promise<Buffer> {
    if (this.#failure) throw this.#failure
    const free = this.#free.pop()
    if (free) return free
    if (this.#allocated === BLOCKS) return this.#wait()
    this.#allocated++
    return Buffer.allocUnsafeSlow(BLOCK_BYTES)
  }

  /** Gives a block back unwritten. */
  giveBack(block: Buffer): void {
    this.#free.push(block)
    this.#wake()
  }

  /** Writes `bytes`, in order; `block`, where they lie in one, is free again after that. */
  write(bytes: Uint8Array, block?: Buffer): void {
    // By the time of the answer the memory may be another thread's, and the length 0.
    const { length } = bytes
    this.#pendingBytes += length
    this.#stream.write(bytes, error => {
      this.#pendingBytes -= length
      if (error) this.#failure ??= error
      if (block) this.#free.push(block)
      this.#wake()
    })
  }

  /**
   * Writes bytes that the caller uses again: at once when nothing is returned, since the operating system has them then,
   * as a rule with files and pipes; or else when the promise resolves. @throws the stream's error
   */
  handOver(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#failure) throw this.#failure
    this.write(bytes)
    return this.#stream.writableLength > 0 ? this.flush() : undefined
  }

  /** Gives the memory of `bytes` back once everything that was written before is handed over. */
  discard(bytes: Uint8Array): void {
    if (this.#pendingBytes === 0) discardBytes(bytes)
    else this.#stream.write(NOTHING, () => discardBytes(bytes))
  }

  /** For bytes in no block: resolves when few enough are under way. @throws the stream's error */
  room(): Promise<void> | undefined {
    return this.#pendingBytes > BLOCK_BYTES || this.#failure ? this.#waitFor(BLOCK_BYTES) : undefined
  }

  /** Resolves when everything is handed over. @throws the stream's error */
  flush(): Promise<void> {
    return this.#waitFor(0)
  }

  async #waitFor(pendingBytes: number): Promise<void> {
    while (this.#pendingBytes > pendingBytes && !this.#failure) await this.#woken()
    if (this.#failure) throw this.#failure
  }

  async #wait(): Promise<Buffer> {
    while (this.#free.length === 0 && !this.#failure) await this.#woken()
    if (this.#failure) throw this.#failure
    return this.#free.pop() as Buffer
  }

  #woken(): Promise<void> {
    return new Promise(resolve => this.#waiters.push(resolve))
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake()
  }
}
