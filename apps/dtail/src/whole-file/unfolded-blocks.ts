import { decompressStream, detectCompression } from '@logflow/compress'
import type { ByteSource } from './byte-source.ts'

/** Packed bytes that are read at a time; each unfolds to several times as much. */
const PACKED_BYTES = 1024 * 1024

/** What is packed in `file`, as its first bytes tell; `file` itself when they tell nothing. */
export function openUnfolded(file: ByteSource, head: Uint8Array, signal: AbortSignal): ByteSource {
  const format = detectCompression(head)
  return format === 'none'
    ? file
    : new UnfoldedBlocks(file, decompressStream(packedBytes(file), { format, signal, lend: true }))
}

async function* packedBytes(file: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    // Whoever unfolds keeps what was given for longer than one step.
    const block = Buffer.allocUnsafeSlow(PACKED_BYTES)
    const size = await file.read(block, 0)
    if (size === 0) return
    yield block.subarray(0, size)
  }
}

/** A packed file, unfolded by the thread pool while this thread works on what came before. */
class UnfoldedBlocks implements ByteSource {
  /** Nobody knows before the end. */
  readonly size = 0
  readonly #file: ByteSource
  readonly #chunks: AsyncGenerator<Uint8Array, void, undefined>
  #rest: Uint8Array = new Uint8Array(0)
  #position = 0
  #underWay: Promise<unknown> = Promise.resolve()
  #broken = false

  constructor(file: ByteSource, chunks: AsyncGenerator<Uint8Array, void, undefined>) {
    this.#file = file
    this.#chunks = chunks
  }

  get position(): number {
    return this.#position
  }

  get broken(): boolean {
    return this.#broken
  }

  read(block: Buffer, from: number): number | Promise<number> {
    return this.#rest.length > 0 ? this.#take(block, from) : this.#readOn(block, from)
  }

  readAhead(block: Buffer, from: number): Promise<number> {
    const done = this.#underWay.then(() => this.read(block, from))
    done.catch(() => {}) // whoever waits for it gets to know
    this.#underWay = done
    return done
  }

  async close(): Promise<void> {
    await this.#chunks.return()
    await this.#file.close()
  }

  async #readOn(block: Buffer, from: number): Promise<number> {
    try {
      const next = await this.#chunks.next()
      if (next.done) return 0
      this.#rest = next.value
    } catch (error) {
      this.#broken = true
      throw error
    }
    return this.#take(block, from)
  }

  #take(block: Buffer, from: number): number {
    const bytes = this.#rest.subarray(0, block.length - from)
    block.set(bytes, from)
    this.#rest = this.#rest.subarray(bytes.length)
    this.#position += bytes.length
    return bytes.length
  }
}
