import {
  encodeHidden,
  NATIVE_STARTED,
  NativeSessionEncoder,
  type NativeBlock,
  type NativeItem,
  type NativeTerms,
} from '@logflow/protocol'
import type { SshSession } from '@logflow/ssh'
import { FramePacker } from './frame-packer.ts'

/**
 * The server's side of a native session: whatever a session has to say, as frames, in the order of the calls. Every
 * promise is the backpressure, and when it resolves the memory of what was sent is the caller's again.
 */
export class NativeAnswers {
  readonly terms: NativeTerms
  readonly #session: SshSession
  readonly #encoder = new NativeSessionEncoder()
  readonly #packer: FramePacker
  #last: Promise<void> = Promise.resolve()

  /** The client has asked for frames; nothing but frames may be written to `session` any more. */
  constructor(session: SshSession, terms: NativeTerms) {
    this.terms = terms
    this.#session = session
    this.#packer = new FramePacker(terms)
    if (terms.maxPacketBytes !== undefined) session.growPackets(terms.maxPacketBytes)
    this.#last = session.write(encodeHidden(NATIVE_STARTED))
  }

  /** A message of DTail with its terminator. */
  message(message: Uint8Array): Promise<void> {
    return this.send({ kind: 'message', content: message.subarray(0, -1) })
  }

  /** @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` */
  send(item: NativeItem): Promise<void> {
    return this.#inTurn(() => this.#put([this.#encoder.encode(item)]))
  }

  /** The same for a block, which is not copied together with its head. @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` */
  sendBlock(block: NativeBlock): Promise<void> {
    return this.#inTurn(() => this.#put([this.#encoder.encodeBlockHead(block), block.bytes]))
  }

  async #put(parts: readonly Uint8Array[]): Promise<void> {
    const packed = await this.#packer.pack(parts)
    const startedMs = performance.now()
    const bytes = packed ? [this.#encoder.encode(packed)] : parts
    await this.#session.writeParts(bytes)
    const size = bytes.reduce((sum, part) => sum + part.length, 0)
    this.#packer.sent(size, performance.now() - startedMs)
  }

  /** Frames of several files must not come between one another. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work)
    // What could not be sent is missing in the stream: nothing may follow it.
    this.#last = turn
    turn.catch(() => {}) // told to whoever sent it, and to everybody behind
    return turn
  }
}
