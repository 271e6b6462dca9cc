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
  readonly #chunks: Uint8Array[] = []
  #at = 0
  #held = new Uint8Array(0)
  #heldBytes = 0

  constructor(options: DelimitedReaderOptions) {
    this.#options = options
  }

  /** Bytes that were pushed and not read. */
  get pendingBytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + chunk.length, this.#heldBytes - this.#at)
  }

  /** Adds a chunk, which is handed over. */
  push(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  }

  /**
   * The next piece without its delimiter, or `undefined` while it is missing.
   *
   * @throws ProtocolError `LF_PROTOCOL_FRAME_TOO_LARGE`, however the piece was cut into chunks
   */
  read(): Uint8Array | undefined {
    for (let chunk = this.#chunks[0]; chunk; chunk = this.#chunks[0]) {
      const end = chunk.indexOf(this.#options.delimiter, this.#at)
      const part = chunk.subarray(this.#at, end === -1 ? undefined : end)
      const size = this.#heldBytes + part.length
      if (size > this.#options.maxBytes) this.#refuse(size)
      this.#at = end + 1
      if (end === -1 || this.#at === chunk.length) {
        this.#chunks.shift()
        this.#at = 0
      }
      if (end !== -1 && this.#heldBytes === 0) return part
      this.#hold(part)
      if (end !== -1) return this.#takeHeld()
    }
    return undefined
  }

  /** All that was pushed and not read, in one piece. */
  takeRest(): Uint8Array {
    for (const chunk of this.#chunks.splice(0)) {
      this.#hold(chunk.subarray(this.#at))
      this.#at = 0
    }
    return this.#takeHeld()
  }

  #takeHeld(): Uint8Array {
    const piece = this.#held.slice(0, this.#heldBytes)
    this.#heldBytes = 0
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
