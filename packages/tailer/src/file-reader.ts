import type { FileHandle } from 'node:fs/promises'
import { TAIL_BYTES } from './identity.ts'

/** What one read found: bytes that follow, nothing yet, or that the bytes before the offset are not those we read. */
export type ReadResult =
  { readonly kind: 'bytes'; readonly bytes: Uint8Array } | { readonly kind: 'end' } | { readonly kind: 'changed' }

/**
 * A buffer that reads share as long as they find little. A read that fills most of it hands it over and leaves a new
 * one; a small find is copied out, so that a line of 100 bytes does not keep 256 KiB alive.
 */
export class ReadBuffer {
  /** What one read brings at most, besides the overlap. */
  readonly batchBytes: number
  #bytes: Uint8Array | undefined

  constructor(batchBytes: number) {
    this.batchBytes = batchBytes
  }

  /** The buffer to read into. */
  get bytes(): Uint8Array {
    return (this.#bytes ??= plain(Buffer.allocUnsafeSlow(this.batchBytes + TAIL_BYTES)))
  }

  /** The bytes of `[from, to)`, owned by the caller from now on. */
  take(from: number, to: number): Uint8Array {
    const bytes = this.bytes
    if (to - from < bytes.length / 2) return bytes.slice(from, to)
    this.#bytes = undefined
    return bytes.subarray(from, to)
  }
}

/**
 * Reads a file forward through one handle, never through its path. Every read begins {@link TAIL_BYTES} before the
 * offset and compares them with what was read last: a file that was truncated and has grown past the offset again is
 * seen in the same system call that would have read the wrong bytes.
 */
export class FileReader {
  readonly #handle: FileHandle
  readonly #buffer: ReadBuffer
  #offset = 0
  #tail = new Uint8Array(0)
  #head: Uint8Array | undefined

  constructor(handle: FileHandle, buffer: ReadBuffer) {
    this.#handle = handle
    this.#buffer = buffer
  }

  /** Offset of the next byte. */
  get offset(): number {
    return this.#offset
  }

  /** The last bytes before the offset, as they were read; at most {@link TAIL_BYTES}. */
  get tail(): Uint8Array {
    return this.#tail
  }

  /** Goes on at `offset`, with what lies before it now as the proof; at 0 the file must still begin with `head`. */
  async seek(offset: number, head: Uint8Array): Promise<void> {
    this.#head = offset === 0 ? head : undefined
    const size = Math.min(TAIL_BYTES, offset)
    const tail = new Uint8Array(size)
    const { bytesRead } = await this.#handle.read(tail, 0, size, offset - size)
    this.#offset = offset
    this.#tail = tail.subarray(0, bytesRead)
  }

  /** What follows the offset, at most one buffer of it. */
  async read(): Promise<ReadResult> {
    const overlap = this.#tail.length
    const buffer = this.#buffer.bytes
    const size = this.#buffer.batchBytes + overlap
    const { bytesRead } = await this.#handle.read(buffer, 0, size, this.#offset - overlap)
    if (bytesRead < overlap || !startsWith(buffer, this.#tail)) return { kind: 'changed' }
    if (this.#head && !startsWith(buffer.subarray(0, bytesRead), this.#head.subarray(0, size)))
      return { kind: 'changed' }
    if (bytesRead === overlap) return { kind: 'end' }
    this.#head = undefined
    this.#tail = buffer.slice(Math.max(0, bytesRead - TAIL_BYTES), bytesRead)
    this.#offset += bytesRead - overlap
    return { kind: 'bytes', bytes: this.#buffer.take(overlap, bytesRead) }
  }
}

function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, head.length), head) === 0
}

function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
