import { ProtocolError } from './errors.ts'

/** What {@link DelimitedReader} looks for and how much it holds at most. */
export interface DelimitedReaderOptions {
  /** The byte that ends a piece. */
  readonly delimiter: number
  /** Bytes of one piece, the delimiter not counted. */
  readonly maxBytes: number
  /** What a piece is called in the error. */
  readonly what: string
}

/**
 * Pieces that end with one byte, from chunks. Every byte is looked at once, and what is held back lies in one buffer
 * that doubles as bytes arrive, so that a peer that sends single bytes costs no more than one that does not.
 */
export class DelimitedReader {
  readonly #options: DelimitedReaderOptions
  #held = new Uint8Array(0)
  #heldBytes = 0
  #chunk = new Uint8Array(0)
  #at = 0

  constructor(options: DelimitedReaderOptions) {
    this.#options = options
  }

  /** Bytes that were pushed and not read. */
  get pendingBytes(): number {
    return this.#heldBytes + this.#chunk.length - this.#at
  }

  /** Adds a chunk. */
  push(chunk: Uint8Array): void {
    if (this.#at < this.#chunk.length) {
      const rest = this.#chunk.subarray(this.#at)
      const joined = new Uint8Array(rest.length + chunk.length)
      joined.set(rest)
      joined.set(chunk, rest.length)
      this.#chunk = joined
    } else this.#chunk = new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength)
    this.#at = 0
  }

  /**
   * The next piece without its delimiter, or `undefined` while it is missing.
   *
   * @throws ProtocolError `LF_PROTOCOL_FRAME_TOO_LARGE`, however the piece was cut into chunks
   */
  read(): Uint8Array | undefined {
    const end = this.#chunk.indexOf(this.#options.delimiter, this.#at)
    const stop = end === -1 ? this.#chunk.length : end
    const size = this.#heldBytes + stop - this.#at
    if (size > this.#options.maxBytes) this.#refuse(size)
    if (end === -1) {
      this.#hold(this.#chunk.subarray(this.#at))
      this.#chunk = new Uint8Array(0)
      this.#at = 0
      return undefined
    }
    let piece = this.#chunk.subarray(this.#at, end)
    this.#at = end + 1
    if (this.#heldBytes > 0) {
      this.#hold(piece)
      piece = this.#held.slice(0, this.#heldBytes)
      this.#heldBytes = 0
    }
    return piece
  }

  #hold(bytes: Uint8Array): void {
    const size = this.#heldBytes + bytes.length
    if (size > this.#held.length) {
      const grown = new Uint8Array(Math.max(size, this.#held.length * 2, 256))
      grown.set(this.#held.subarray(0, this.#heldBytes))
      this.#held = grown
    }
    this.#held.set(bytes, this.#heldBytes)
    this.#heldBytes = size
  }

  #refuse(size: number): never {
    const { what, maxBytes } = this.#options
    throw new ProtocolError('LF_PROTOCOL_FRAME_TOO_LARGE', `${what} is longer than ${maxBytes} bytes`, {
      detail: { length: size, limit: maxBytes },
    })
  }
}
