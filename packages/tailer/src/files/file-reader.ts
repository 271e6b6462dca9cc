import type { ReadHandle } from './file-system.ts'
import { formatTailHash, HEAD_BYTES, readAt, TAIL_BYTES } from '../identity/identity.ts'
import type { FreshBytes } from '../lines/line-cutter.ts'

/** What one read found: bytes that follow, nothing yet, or that the bytes before the offset are not those we read. */
export type ReadResult =
  | { readonly kind: 'bytes'; readonly fresh: FreshBytes }
  | { readonly kind: 'end' }
  | { readonly kind: 'changed'; readonly found: Sighting }

/** Bytes that were found where others were known to be: those of another content. */
export interface Sighting {
  readonly position: number
  readonly bytes: Uint8Array
  /** Whether the file ended with them. */
  readonly ended: boolean
}

/** What one look at known bytes found. */
export interface Comparison {
  /** What is there instead; `undefined` when they still are. */
  readonly other: Sighting | undefined
  /** Offset after the last byte that was seen. */
  readonly end: number
}

/** Room in front of what is read, for the open line that was held back. Untouched memory costs nothing. */
export const ROOM_BYTES: number = 64 * 1024

/** A buffer that reads share until one of them hands it over, or lends it. */
export class ReadBuffer {
  /** What one read brings at most, besides the overlap. */
  readonly batchBytes: number
  readonly #lends: boolean
  readonly #lent: Uint8Array[] = []
  #bytes: Uint8Array | undefined

  /** With `lends`, whoever is handed a buffer has it until {@link ReadBuffer.takeBack}. */
  constructor(batchBytes: number, { lends = false }: { readonly lends?: boolean } = {}) {
    this.batchBytes = batchBytes
    this.#lends = lends
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
    if (this.#lends && this.#bytes) this.#lent.push(this.#bytes)
    this.#bytes = undefined
  }

  /** What was lent is read into again. */
  takeBack(): void {
    this.#bytes ??= this.#lent.pop()
    this.#lent.length = 0
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
  readonly #mayGrow: boolean
  #offset = 0
  /** The last bytes before the offset, as they were read; at most {@link TAIL_BYTES}. */
  #tail: Uint8Array = new Uint8Array(0)
  /** What these hash to, while they are not at hand themselves. */
  #tailHash: string | undefined
  /** What is known to follow the offset, although it was not read yet. */
  #ahead: Uint8Array = new Uint8Array(0)

  /** `mayGrow`: the file may hold less than it is known to begin with. */
  constructor(handle: ReadHandle, buffer: ReadBuffer, mayGrow = false) {
    this.#handle = handle
    this.#buffer = buffer
    this.#mayGrow = mayGrow
  }

  /** Offset of the next byte. */
  get offset(): number {
    return this.#offset
  }

  /** Proof of the last bytes before the offset, see `formatTailHash`. */
  get tailHash(): string {
    return this.#tailHash ?? formatTailHash(this.#tail)
  }

  /** All bytes before the offset, while these are few and at hand. */
  get whole(): Uint8Array | undefined {
    return this.#tailHash === undefined && this.#tail.length === this.#offset ? this.#tail : undefined
  }

  /** Whether something is known of what follows the offset, although it was not read yet. */
  get looksAhead(): boolean {
    return this.#ahead.length > 0
  }

  /** Goes on at `offset`, which somebody had come to who proves what lies before it. */
  goOn(offset: number, tailHash: string): void {
    this.#offset = offset
    this.#tailHash = tailHash
  }

  /**
   * Goes on at `offset`, with what lies before it as the proof: `tail`, or as far as the file was seen to begin with
   * `head` that, or what is there now.
   */
  async seek(offset: number, head: Uint8Array, tail?: Uint8Array): Promise<void> {
    this.#ahead = head.subarray(offset)
    const from = Math.max(0, offset - TAIL_BYTES)
    const seen = offset <= head.length ? head.slice(from, offset) : undefined
    this.#tail = tail ?? seen ?? (await readAt(this.#handle, from, offset - from))
    this.#offset = offset
  }

  /** The file is known to begin so, although nothing of it was read. */
  expect(head: Uint8Array): void {
    this.#ahead = head.subarray(this.#offset)
  }

  /** Looks whether the bytes around the offset still are those that were read, and seen. */
  async compare(): Promise<Comparison> {
    const overlap = this.#overlap
    const position = this.#offset - overlap
    const known = overlap + this.#ahead.length
    // If it is another content, as much of its head as tells it from others.
    const size = position === 0 ? Math.max(known, HEAD_BYTES) : known
    const bytes = await readAt(this.#handle, position, size)
    const found = bytes.subarray(0, known)
    const end = position + bytes.length
    if (this.#isTail(found.subarray(0, overlap)) && this.#continues(found.subarray(overlap))) {
      return { other: undefined, end }
    }
    const ended = bytes.length < Math.min(size, HEAD_BYTES + 1)
    return { other: { position, bytes: bytes.subarray(0, HEAD_BYTES), ended }, end }
  }

  get #overlap(): number {
    return this.#tailHash === undefined ? this.#tail.length : parseInt(this.#tailHash || '0', 10)
  }

  /** Whether these are the bytes before the offset; then they are at hand. */
  #isTail(found: Uint8Array): boolean {
    if (this.#tailHash === undefined) return Buffer.compare(found, this.#tail) === 0
    if (formatTailHash(found) !== this.#tailHash) return false
    this.#tail = found.slice()
    this.#tailHash = undefined
    return true
  }

  /** What follows the offset, at most one buffer of it. */
  async read(): Promise<ReadResult> {
    const overlap = this.#overlap
    const { bytes: buffer, start, batchBytes } = this.#buffer
    const size = batchBytes + overlap
    const { bytesRead } = await this.#handle.read(buffer, start, size, this.#offset - overlap)
    const found = buffer.subarray(start, start + bytesRead)
    const holds = bytesRead >= overlap && this.#isTail(found.subarray(0, overlap))
    if (!holds || !this.#continues(found.subarray(overlap))) {
      const [position, ended] = [this.#offset - overlap, bytesRead < size && bytesRead <= HEAD_BYTES]
      return { kind: 'changed', found: { position, bytes: found.slice(0, HEAD_BYTES), ended } }
    }
    if (bytesRead === overlap) return { kind: 'end' }
    if (this.#ahead.length > 0) this.#ahead = this.#ahead.subarray(bytesRead - overlap)
    this.#tail = found.slice(Math.max(0, bytesRead - TAIL_BYTES))
    this.#offset += bytesRead - overlap
    return { kind: 'bytes', fresh: { buffer, from: start + overlap, to: start + bytesRead } }
  }

  /** Whether what was found after the offset is what is known to follow it, as far as one read goes. */
  #continues(found: Uint8Array): boolean {
    const size = Math.min(this.#buffer.batchBytes, this.#mayGrow ? found.length : Infinity)
    return startsWith(found, this.#ahead.subarray(0, size))
  }
}

function startsWith(bytes: Uint8Array, head: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, head.length), head) === 0
}

function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
