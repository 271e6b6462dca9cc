import { ProtocolError } from '../errors.ts'
import { utf8Text } from '../utf8.ts'
import { DEFAULT_MAX_MESSAGE_BYTES, MESSAGE_END } from './constants.ts'
import { isHidden, type SessionView } from './hidden.ts'

const NEWLINE = 10
const DOT = 0x2e

/** Whole messages of a server as they lie in the stream. Shares memory with the pushed chunk where it can. */
export interface MessageBatch {
  readonly bytes: Uint8Array
  /** Exclusive end of each message in `bytes`, its terminator 0xAC included. */
  readonly ends: Uint32Array
}

/** What {@link splitVisible} makes of a batch. */
export interface VisibleSplit {
  readonly visible: Uint8Array
  readonly hidden: readonly string[]
}

/** Every message of a batch without its terminator, in order. */
export function* eachMessage({ bytes, ends }: MessageBatch): Generator<Uint8Array, void, undefined> {
  for (let i = 0, start = 0; i < ends.length; i++) {
    const end = ends[i] as number
    yield bytes.subarray(start, end - 1)
    start = end
  }
}

/**
 * For clients that print what they get: all that is visible as one run of lines, a `\n` added to every message that
 * lacks one (an empty message is an empty line), and the texts of the hidden messages, see {@link isHidden}.
 */
export function splitVisible({ bytes, ends }: MessageBatch, options?: SessionView): VisibleSplit {
  const out = new Uint8Array(bytes.length)
  const hidden: string[] = []
  out.set(bytes)
  let at = 0
  for (let i = 0, start = 0; i < ends.length; i++) {
    const end = (ends[i] as number) - 1
    if (bytes[start] === DOT && isHidden(bytes.subarray(start, end), options)) {
      hidden.push(utf8Text(bytes.subarray(start, end)))
    } else {
      out.copyWithin(at, start, end)
      at += end - start
      // The terminator leaves room for the newline.
      if (end === start || bytes[end - 1] !== NEWLINE) out[at++] = NEWLINE
    }
    start = end + 1
  }
  return { visible: out.subarray(0, at), hidden }
}

/**
 * Splits a server's stream at 0xAC, and nowhere else: `\n` is an ordinary byte (the receive rules of the fork, right
 * for every known server).
 */
export class ServerMessageDecoder {
  readonly #maxMessageBytes: number
  readonly #ready: MessageBatch[] = []
  #failure: ProtocolError | undefined
  #held = new Uint8Array(0)
  #heldBytes = 0

  /** @param maxMessageBytes - Longest message, its terminator not counted. */
  constructor(maxMessageBytes: number = DEFAULT_MAX_MESSAGE_BYTES) {
    this.#maxMessageBytes = maxMessageBytes
  }

  /** Adds a chunk, which is handed over. */
  push(chunk: Uint8Array): void {
    if (this.#failure) return
    const last = chunk.lastIndexOf(MESSAGE_END)
    if (last === -1) {
      this.#hold(chunk)
    } else {
      this.#offer(this.#afterHeld(chunk.subarray(0, last + 1)))
      this.#hold(chunk.subarray(last + 1))
    }
    if (!this.#failure && this.#heldBytes > this.#maxMessageBytes) this.#refuse(this.#heldBytes)
  }

  /**
   * The messages that are complete now, or `undefined`.
   *
   * @throws ProtocolError `LF_PROTOCOL_FRAME_TOO_LARGE` once what came before the over-long message was read
   */
  read(): MessageBatch | undefined {
    const batch = this.#ready.shift()
    if (!batch && this.#failure) throw this.#failure
    return batch
  }

  /** The server closed. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` inside a message, whose bytes are lost */
  end(): void {
    if (this.#failure) throw this.#failure
    if (this.#heldBytes === 0) return
    const bytes = this.#heldBytes
    throw new ProtocolError('LF_PROTOCOL_TRUNCATED', `server ended inside a message, ${bytes} bytes left`, {
      detail: { bytes },
    })
  }

  /** What was held back and `bytes` in one run. */
  #afterHeld(bytes: Uint8Array): Uint8Array {
    if (this.#heldBytes === 0) return plain(bytes)
    const joined = new Uint8Array(this.#heldBytes + bytes.length)
    joined.set(this.#held.subarray(0, this.#heldBytes))
    joined.set(bytes, this.#heldBytes)
    this.#heldBytes = 0
    return joined
  }

  #offer(bytes: Uint8Array): void {
    const ends: number[] = []
    let start = 0
    for (let at = bytes.indexOf(MESSAGE_END); at !== -1; at = bytes.indexOf(MESSAGE_END, start)) {
      if (at - start > this.#maxMessageBytes) {
        this.#refuse(at - start)
        break
      }
      start = at + 1
      ends.push(start)
    }
    if (ends.length > 0) this.#ready.push({ bytes: bytes.subarray(0, start), ends: new Uint32Array(ends) })
  }

  #hold(bytes: Uint8Array): void {
    const size = this.#heldBytes + bytes.length
    if (size > this.#held.length) {
      const grown = new Uint8Array(Math.max(size, this.#held.length * 2))
      grown.set(this.#held.subarray(0, this.#heldBytes))
      this.#held = grown
    }
    this.#held.set(bytes, this.#heldBytes)
    this.#heldBytes = size
  }

  #refuse(length: number): void {
    const limit = this.#maxMessageBytes
    this.#failure = new ProtocolError('LF_PROTOCOL_FRAME_TOO_LARGE', `server message is longer than ${limit} bytes`, {
      detail: { length, limit },
    })
  }
}

function plain(chunk: Uint8Array): Uint8Array {
  return chunk.constructor === Uint8Array ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}
