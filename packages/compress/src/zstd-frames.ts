import { ByteQueue } from '@logflow/core'
import { CompressError } from './errors.ts'

const MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const RLE = 1
const DICTIONARY_BYTES = [0, 1, 2, 4]
const CONTENT_SIZE_BYTES = [0, 2, 4, 8]

/**
 * A frame may ask its reader for this much memory at most. It is what the zstd command accepts by itself
 * (`--long` up to 27); more would let a few bytes of input allocate gigabytes.
 */
const MAX_ZSTD_WINDOW_BYTES: number = 128 * 1024 * 1024

/** RFC 8878 3.1.1.2.4: no block holds more. */
const MAX_BLOCK_BYTES = 128 * 1024

/** A piece of one frame, in order: its header, or one whole block (the last one with the checksum). */
export interface ZstdPiece {
  /** Shares memory with what was pushed where possible. */
  readonly bytes: Uint8Array
  /** Whether this piece is the last of its frame. */
  readonly last: boolean
}

type State = 'start' | 'block' | 'skippable'

/**
 * Finds where zstd frames begin and end without decoding them, because decoders disagree about what follows the first
 * frame: `zlib.zstdDecompress` of Node 24 drops it in silence, and its stream takes a cut frame for a whole one.
 *
 *     frame     = magic FD2FB528 (4, little-endian) header blocks [checksum (4)]
 *     header    = descriptor (1) [window (1)] [dictionary id (0,1,2,4)] [content size (0,1,2,4,8)]
 *     block     = last (bit 0) type (bits 1-2) size (bits 3-23), little-endian, then its body (1 byte for type RLE)
 *     skippable = magic 184D2A5? (4) length (4) body
 *
 * RFC 8878 section 3.1. Skippable frames are taken out.
 */
export class ZstdFrameScanner {
  readonly #bytes = new ByteQueue()
  #state: State = 'start'
  #checksum = false
  #skipBytes = 0
  #frames = 0
  #offset = 0

  /** Adds a chunk, which is kept, not copied. */
  push(chunk: Uint8Array): void {
    this.#bytes.push(chunk)
  }

  /**
   * The next piece of a frame, or `undefined` while bytes are missing.
   *
   * @throws CompressError `LF_COMPRESS_CORRUPT`, `LF_COMPRESS_LIMIT` when the window is over {@link MAX_ZSTD_WINDOW_BYTES}
   */
  read(): ZstdPiece | undefined {
    if (this.#state === 'block') return this.#readBlock()
    while (this.#skip()) {
      if (this.#bytes.length < 5) return undefined
      const magic = this.#uint(0, 4)
      if (magic === MAGIC) return this.#readHeader()
      if ((magic & 0xfffffff0) >>> 0 !== SKIPPABLE_MAGIC) throw this.#corrupt('no zstd frame')
      if (this.#bytes.length < 8) return undefined
      this.#state = 'skippable'
      this.#skipBytes = 8 + this.#uint(4, 4)
    }
    return undefined
  }

  /** The input ended. @throws CompressError `LF_COMPRESS_TRUNCATED` inside a frame, or when there was none */
  end(): void {
    if (this.#state === 'start' && this.#bytes.length === 0 && this.#frames > 0) return
    const offset = this.#offset + this.#bytes.length
    throw new CompressError('LF_COMPRESS_TRUNCATED', `zstd input ends early, after ${offset} bytes`, {
      detail: { offset },
    })
  }

  #readHeader(): ZstdPiece | undefined {
    const descriptor = this.#bytes.peek(4)
    const size = headerBytes(descriptor)
    if (this.#bytes.length < size) return undefined
    if ((descriptor & 0x08) !== 0) throw this.#corrupt('reserved bit of a zstd frame header is set')
    const windowBytes = this.#windowBytes(descriptor, size)
    if (windowBytes > MAX_ZSTD_WINDOW_BYTES) {
      throw new CompressError('LF_COMPRESS_LIMIT', `zstd frame asks for a window of ${windowBytes} bytes`, {
        detail: { windowBytes, limit: MAX_ZSTD_WINDOW_BYTES },
      })
    }
    this.#frames++
    this.#state = 'block'
    this.#checksum = (descriptor & 0x04) !== 0
    return { bytes: this.#take(size), last: false }
  }

  #readBlock(): ZstdPiece | undefined {
    if (this.#bytes.length < 3) return undefined
    const header = this.#uint(0, 3)
    const last = (header & 1) === 1
    const type = (header >> 1) & 3
    const size = header >>> 3
    if (type === 3 || size > MAX_BLOCK_BYTES) throw this.#corrupt('impossible zstd block')
    const bytes = 3 + (type === RLE ? 1 : size) + (last && this.#checksum ? 4 : 0)
    if (this.#bytes.length < bytes) return undefined
    if (last) this.#state = 'start'
    return { bytes: this.#take(bytes), last }
  }

  /** Whether no skippable frame is left in front. */
  #skip(): boolean {
    if (this.#state !== 'skippable') return true
    const size = Math.min(this.#skipBytes, this.#bytes.length)
    this.#bytes.skip(size)
    this.#offset += size
    this.#skipBytes -= size
    if (this.#skipBytes > 0) return false
    this.#state = 'start'
    this.#frames++
    return true
  }

  #windowBytes(descriptor: number, size: number): number {
    const single = (descriptor & 0x20) !== 0
    if (!single) {
      const window = this.#bytes.peek(5)
      const base = 2 ** (10 + (window >> 3))
      return base + (base / 8) * (window & 7)
    }
    const sizeBytes = contentSizeBytes(descriptor)
    const value = this.#uint(size - sizeBytes, sizeBytes)
    return sizeBytes === 2 ? value + 256 : value
  }

  #uint(at: number, bytes: number): number {
    let value = 0
    for (let i = bytes - 1; i >= 0; i--) value = value * 256 + this.#bytes.peek(at + i)
    return value
  }

  #take(size: number): Uint8Array {
    this.#offset += size
    return this.#bytes.take(size)
  }

  #corrupt(what: string): CompressError {
    return new CompressError('LF_COMPRESS_CORRUPT', `${what} at byte ${this.#offset}`, {
      detail: { offset: this.#offset },
    })
  }
}

function contentSizeBytes(descriptor: number): number {
  const code = descriptor >> 6
  return code === 0 && (descriptor & 0x20) !== 0 ? 1 : (CONTENT_SIZE_BYTES[code] as number)
}

/** Bytes of a frame header, its magic included. */
function headerBytes(descriptor: number): number {
  const window = (descriptor & 0x20) === 0 ? 1 : 0
  return 5 + window + (DICTIONARY_BYTES[descriptor & 3] as number) + contentSizeBytes(descriptor)
}
