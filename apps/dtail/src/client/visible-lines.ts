import { DEFAULT_MAX_MESSAGE_BYTES, isHidden, MESSAGE_END, ProtocolError, type SessionView } from '@logflow/protocol'

const NEWLINE = 10
const DOT = 0x2e

/** What {@link VisibleLines.push} found. */
export interface VisibleRuns {
  /** Runs of whole lines, each line with its newline. They lie in the pushed chunk where they can. */
  readonly runs: readonly Uint8Array[]
  readonly hidden: readonly string[]
}

/**
 * What `ServerMessageDecoder` and `splitVisible` of protocol do together, for clients that print what they get: the
 * terminators are taken out of the chunk where it lies, so that nothing is copied but the message that is cut by the
 * end of a chunk.
 */
export class VisibleLines {
  readonly #view: SessionView
  #held: Uint8Array[] = []
  #heldBytes = 0

  constructor(view: SessionView) {
    this.#view = view
  }

  /**
   * Takes ownership of `chunk`. Messages that `drop` says yes to are left out.
   *
   * @throws ProtocolError `LF_PROTOCOL_FRAME_TOO_LARGE`
   */
  push(chunk: Uint8Array, drop?: (message: Uint8Array) => boolean): VisibleRuns {
    const runs: Uint8Array[] = []
    const hidden: string[] = []
    const bytes = asBuffer(chunk)
    const first = this.#heldBytes > 0 ? bytes.indexOf(MESSAGE_END) + 1 : 0
    if (first > 0) {
      const message = Buffer.concat([...this.#held, bytes.subarray(0, first)])
      this.#hold(undefined)
      runs.push(this.#compact(message, hidden, drop))
    }
    const last = bytes.lastIndexOf(MESSAGE_END) + 1
    if (last > first) runs.push(this.#compact(bytes.subarray(first, last), hidden, drop))
    // A copy: what is printed must not keep the whole chunk, nor the other way round.
    if (last < bytes.length) this.#hold(Buffer.from(bytes.subarray(last)))
    return { runs, hidden }
  }

  /** The server closed. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` inside a message */
  end(): void {
    if (this.#heldBytes === 0) return
    const bytes = this.#heldBytes
    throw new ProtocolError('LF_PROTOCOL_TRUNCATED', `server ended inside a message, ${bytes} bytes left`, {
      detail: { bytes },
    })
  }

  /** Moves the lines of whole messages together; a terminator leaves room for the newline that its line may lack. */
  #compact(bytes: Buffer, hidden: string[], drop: ((message: Uint8Array) => boolean) | undefined): Buffer {
    let at = 0
    for (let start = 0; start < bytes.length;) {
      const end = bytes.indexOf(MESSAGE_END, start)
      if (bytes[start] === DOT && isHidden(bytes.subarray(start, end), this.#view)) {
        hidden.push(bytes.toString('utf8', start, end))
      } else if (!drop?.(bytes.subarray(start, end))) {
        if (at !== start) bytes.copyWithin(at, start, end)
        at += end - start
        if (end === start || bytes[at - 1] !== NEWLINE) bytes[at++] = NEWLINE
      }
      start = end + 1
    }
    return bytes.subarray(0, at)
  }

  #hold(bytes: Uint8Array | undefined): void {
    if (!bytes) this.#held = []
    else this.#held.push(bytes)
    this.#heldBytes = bytes ? this.#heldBytes + bytes.length : 0
    if (this.#heldBytes <= DEFAULT_MAX_MESSAGE_BYTES) return
    const limit = DEFAULT_MAX_MESSAGE_BYTES
    throw new ProtocolError('LF_PROTOCOL_FRAME_TOO_LARGE', `server message is longer than ${limit} bytes`, {
      detail: { length: this.#heldBytes, limit },
    })
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
