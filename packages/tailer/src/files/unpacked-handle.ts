import type { CompressionFormat } from '@logflow/compress'
import type { FileFacts, FileSystem, ReadHandle } from './file-system.ts'
import { HEAD_BYTES } from '../identity/identity.ts'
import { Turns } from '../follow/turns.ts'
import { unpacked } from './unpacking.ts'

/** Bytes before the last chunk that are kept, for whoever compares what lies before its offset. */
const KEPT_BYTES = 64 * 1024
/** Handles of this process that are in the middle of unpacking, each of which holds a few chunks of 512 KiB. */
const MAX_UNPACKING = 16

const unpacking = new Set<UnpackedHandle>()

/**
 * The content of a packed file by offset, as if it were the file: facts are those of the packed one, but for the size.
 * Unpacks forward as it is read and keeps no more than its head and the last bytes, so that any length costs the same
 * memory and no disk; whoever goes back has it unpacked again from the start.
 */
export class UnpackedHandle implements ReadHandle {
  readonly #packed: ReadHandle
  readonly #chunks: () => AsyncIterable<Uint8Array>
  readonly #turns = new Turns()
  #running: AsyncIterator<Uint8Array> | undefined
  #head: Uint8Array = new Uint8Array(0)
  /** What was unpacked last, and the offset where it begins. */
  #last: { readonly at: number; readonly bytes: Uint8Array } = { at: 0, bytes: this.#head }
  #size = 0

  private constructor(packed: ReadHandle, chunks: () => AsyncIterable<Uint8Array>) {
    this.#packed = packed
    this.#chunks = chunks
  }

  /**
   * Unpacks everything once, which tells the size and that nothing is missing. Takes the handle over when that went well.
   *
   * @throws CompressError `LF_COMPRESS_TRUNCATED` when it is perhaps still being written, `LF_COMPRESS_CORRUPT`
   */
  static async open(
    packed: ReadHandle,
    format: CompressionFormat,
    fileSystem: Pick<FileSystem, 'unpack'>,
  ): Promise<UnpackedHandle> {
    const handle = new UnpackedHandle(packed, () => unpacked(packed, format, fileSystem))
    for await (const chunk of handle.#chunks()) handle.#take(chunk)
    handle.#size = handle.#end
    handle.#forgetAllBut(KEPT_BYTES)
    return handle
  }

  /** The first bytes of the content, at most {@link HEAD_BYTES}. */
  get head(): Uint8Array {
    return this.#head
  }

  /** Length of the content. */
  get size(): number {
    return this.#size
  }

  async stat(options: { readonly bigint: true }): Promise<FileFacts> {
    const { dev, ino, birthtimeNs, mtimeNs } = await this.#packed.stat(options)
    return { dev, ino, birthtimeNs, mtimeNs, size: BigInt(this.#size), isFile: () => true }
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    return this.#turns.take(async () => {
      const end = Math.min(this.#size, position + length)
      let at = position
      while (at < end) {
        const bytes = this.#bytesAt(at).subarray(0, end - at)
        buffer.set(bytes, offset + at - position)
        at += bytes.length
        if (bytes.length === 0) await this.#goOnTo(at)
      }
      if (!this.#running) this.#forgetAllBut(KEPT_BYTES)
      return { bytesRead: Math.max(0, at - position) }
    })
  }

  close(): Promise<void> {
    return this.#turns.take(async () => {
      await this.#pause()
      await this.#packed.close()
    })
  }

  get #end(): number {
    return this.#last.at + this.#last.bytes.length
  }

  /** What is at hand from an offset on. */
  #bytesAt(at: number): Uint8Array {
    if (at < this.#head.length) return this.#head.subarray(at)
    return at < this.#last.at ? this.#head.subarray(0, 0) : this.#last.bytes.subarray(at - this.#last.at)
  }

  /** Unpacks the next chunk on the way to an offset. */
  async #goOnTo(at: number): Promise<void> {
    if (!this.#running || at < this.#last.at) {
      await this.#pause()
      this.#last = { at: 0, bytes: new Uint8Array(0) }
      this.#running = this.#chunks()[Symbol.asyncIterator]()
      unpacking.add(this)
      for (const [other] of unpacking.entries()) {
        if (unpacking.size <= MAX_UNPACKING) break
        unpacking.delete(other)
        other.#turns.take(() => other.#pause()).catch(() => {}) // whoever reads on unpacks anew
      }
    }
    const next = await this.#running.next()
    if (next.done) throw new RangeError(`a packed file held ${this.#size} bytes and holds ${this.#end} now`)
    this.#take(next.value)
    if (this.#end >= this.#size) await this.#pause()
  }

  #take(chunk: Uint8Array): void {
    const { bytes } = this.#last
    if (this.#head.length < HEAD_BYTES && this.#end === this.#head.length) {
      this.#head = Buffer.concat([this.#head, chunk.subarray(0, HEAD_BYTES - this.#head.length)])
    }
    const kept = bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES))
    this.#last = { at: this.#end - kept.length, bytes: Buffer.concat([kept, chunk]) }
  }

  #forgetAllBut(length: number): void {
    const { at, bytes } = this.#last
    if (bytes.length > length) this.#last = { at: at + bytes.length - length, bytes: bytes.slice(-length) }
  }

  async #pause(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    unpacking.delete(this)
    await running?.return?.()
  }
}
