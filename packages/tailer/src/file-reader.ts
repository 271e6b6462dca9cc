import type { ReadHandle } from './file-system.ts'
import { readAt, TAIL_BYTES } from './identity.ts'
import type { FreshBytes } from './line-cutter.ts'

/** What one read found: bytes that follow, nothing yet, or that the bytes before the offset are not those we read. */
export type ReadResult =
  { readonly kind: 'bytes'; readonly fresh: FreshBytes } | { readonly kind: 'end' } | { readonly kind: 'changed' }

/** Room in front of what is read, for the open line that was held back. Untouched memory costs nothing. */
export const ROOM_BYTES: number = 64 * 1024

/** A buffer that reads share until one of them hands it over. */
export class ReadBuffer {
  /** What one read brings at most, besides the overlap. */
  readonly batchBytes: number
  #bytes: Uint8Array | undefined

  constructor(batchBytes: number) {
    this.batchBytes = batchBytes
  }

  /** The buffer to read into, from {@link ReadBuffer.start} on. */
  get bytes(): Uint8Array {
    return (this.#bytes ??= plain(Buffer.allocUnsafeSlow(this.start + this.batchBytes + TAIL_BYTES)))
  }

  /** Where reading begins. */
  get start(): number {
    return Math.min(ROOM_BYTES, this.batchBytes)
  }

  /** Somebody owns the buffer now; the next read gets another one. */
  handOver(): void {
    this.#bytes = undefined
  }
}

/**
 * Reads a file forward through one handle, never through its path. Every read begins {@link TAIL_BYTES} before the
 * offset and compares them with what was read last: a file that was truncated and has grown past the offset again is
 * seen in the same system call that would have read the wrong bytes.
 */
export class FileReader {
  readonly #handle: ReadHandle
  readonly #buffer: ReadBuffer
  #offset = 0
  #tail = new Uint8Array(0)
  /** What is known to follow the offset, although it was not read yet. */
  #ahead: Uint8Array = new Uint8Array(0)

  constructor(handle: ReadHandle, buffer: ReadBuffer) {
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

  /** Goes on at `offset`, with what lies before it now as the proof; the file must still begin with `head`. */
  async seek(offset: number, head: Uint8Array): Promise<void> {
    this.#ahead = head.subarray(offset)
    const size = Math.min(TAIL_BYTES, offset)
    const tail = new Uint8Array(size)
    const { bytesRead } = await this.#handle.read(tail, 0, size, offset - size)
    this.#offset = offset
    this.#tail = tail.subarray(0, bytesRead)
  }

  /** The file is known to begin so, although nothing of it was read. */
  expect(head: Uint8Array): void {
    this.#ahead = head.subarray(this.#offset)
  }

  /** Whether the bytes around the offset are still those that were read, and seen. */
  async holds(): Promise<boolean> {
    const known = this.#ahead.length === 0 ? this.#tail : Buffer.concat([this.#tail, this.#ahead])
    const found = await readAt(this.#handle, this.#offset - this.#tail.length, known.length)
    return Buffer.compare(found, known) === 0
  }

  /** What follows the offset, at most one buffer of it. */
  async read(): Promise<ReadResult> {
    const overlap = this.#tail.length
    const { bytes: buffer, start, batchBytes } = this.#buffer
    const size = batchBytes + overlap
    const { bytesRead } = await this.#handle.read(buffer, start, size, this.#offset - overlap)
    const found = buffer.subarray(start, start + bytesRead)
    if (bytesRead < overlap || !startsWith(found, this.#tail)) return { kind: 'changed' }
    if (!startsWith(found.subarray(overlap), this.#ahead.subarray(0, batchBytes))) return { kind: 'changed' }
    if (bytesRead === overlap) return { kind: 'end' }
    if (this.#ahead.length > 0) this.#ahead = this.#ahead.subarray(bytesRead - overlap)
    this.#tail = found.slice(Math.max(0, bytesRead - TAIL_BYTES))
    this.#offset += bytesRead - overlap
    return { kind: 'bytes', fresh: { buffer, from: start + overlap, to: start + bytesRead } }
  }
}

function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, head.length), head) === 0
}

function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
