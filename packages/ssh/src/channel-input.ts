import type { Channel } from 'ssh2'

/** What ssh2 1.17 keeps to itself and flow control needs; another version fails the test of it. */
interface PrivateChannel {
  readonly incoming?: { window: number; readonly state: string }
  readonly outgoing?: { readonly id: number; readonly state: string }
  readonly _client?: { readonly _protocol?: { channelWindowAdjust(id: number, bytes: number): void } }
}

/** Window that ssh2 grants when a channel opens. */
const GRANTED_BYTES = 2 * 1024 * 1024

/** Options of {@link ChannelInput}. */
export interface ChannelInputOptions {
  /** Bytes that may wait to be read at most; at least what ssh2 grants. */
  readonly maxWindowBytes: number
  /** The peer sent more than that; nothing is taken any more. */
  readonly exceeded: (excessBytes: number) => void
  readonly arrived: () => void
}

/**
 * What arrives on a channel, packet by packet as it was decrypted, past the stream that ssh2 would put it in (and copy
 * it out of again). The window is granted anew as bytes are taken, so a peer that obeys it never has more than that
 * waiting here. It begins with what ssh2 grants and doubles when a reader that had taken everything still waits: then
 * the distance is what takes time. A peer that does not obey is told of at once: ssh2 takes such data without bound (its issue
 * 1505: it checks for a window of exactly zero only).
 */
export class ChannelInput {
  readonly #channel: Channel & PrivateChannel
  readonly #options: ChannelInputOptions
  #packets: Uint8Array[] = []
  #next = 0
  #takenBytes = 0
  #windowBytes = GRANTED_BYTES
  #dropping = false

  constructor(channel: Channel, options: ChannelInputOptions) {
    this.#channel = channel as Channel & PrivateChannel
    this.#options = options
    const push = channel.push.bind(channel)
    channel.push = (chunk: Uint8Array | null): boolean => (chunk === null ? push(null) : this.#take(chunk))
    // The stream has nothing to read but its end; ssh2 must not grant the window itself.
    channel._read = () => {}
    channel.resume()
  }

  /** The next packet, `undefined` when none is there. The caller owns it. */
  read(): Uint8Array | undefined {
    const packet = this.#packets[this.#next]
    if (!packet) return undefined
    this.#next++
    if (this.#next === this.#packets.length) {
      this.#packets = []
      this.#next = 0
    }
    this.#grantLater(packet.length)
    return packet
  }

  /** Nobody reads any more; what comes is let through to nowhere, so that the end behind it arrives. */
  drop(): void {
    this.#dropping = true
    while (this.read());
  }

  /** `false` tells ssh2 that the stream is full, so that it leaves the window alone. */
  #take(chunk: Uint8Array): false {
    const window = this.#channel.incoming?.window
    if (window === undefined) throw new Error('BUG: this version of ssh2 does not show the window of a channel')
    if (window < 0) this.#options.exceeded(-window)
    else if (this.#dropping) this.#grantLater(chunk.length)
    else {
      this.#packets.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      this.#options.arrived()
    }
    return false
  }

  /** Every quarter of the window: the peer never waits for it, and few packets say so. */
  #grantLater(bytes: number): void {
    this.#takenBytes += bytes
    if (this.#takenBytes * 4 < this.#windowBytes) return
    const grown = this.#packets.length === 0 ? Math.min(this.#windowBytes * 2, this.#options.maxWindowBytes) : 0
    const growth = Math.max(0, grown - this.#windowBytes)
    this.#windowBytes += growth
    this.#grant(this.#takenBytes + growth)
    this.#takenBytes = 0
  }

  #grant(bytes: number): void {
    const { incoming, outgoing, _client } = this.#channel
    if (!incoming || !outgoing || outgoing.state === 'closed' || incoming.state !== 'open') return
    incoming.window += bytes
    _client?._protocol?.channelWindowAdjust(outgoing.id, bytes)
  }
}
