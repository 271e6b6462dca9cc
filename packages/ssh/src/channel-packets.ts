import type { Channel } from 'ssh2'

/** What ssh2 1.17 keeps to itself and sending needs; another version fails the tests of it. */
interface PrivateChannel {
  readonly outgoing: { readonly id: number; readonly state: string; window: number; packetSize: number }
  readonly _client: { readonly _protocol: PrivateProtocol }
  _waitWindow: boolean
  _chunkcb: (() => void) | undefined
}
interface PrivateProtocol {
  readonly _cipher: { encrypt(packet: Uint8Array): void }
  /** There while keys are exchanged. */
  readonly _kexinit?: unknown
  readonly _packetRW: { readonly write: { readonly allocStart: number; alloc(payloadBytes: number): Buffer } }
}

const CHANNEL_DATA = 94
const HEAD_BYTES = 1 + 4 + 4
/** What ssh2 and most others agree on; only between our own programs a packet may be larger. */
const USUAL_PACKET_BYTES = 32 * 1024
/** Keys are exchanged every gigabyte; nothing tells when that is over, so it is looked at. */
const KEY_EXCHANGE_LOOK_MS = 2

/**
 * Data packets of one channel, made of the pieces as they lie, past the stream of ssh2 that would gather and copy them
 * twice. ssh2 keeps the window; it calls back when the peer grants more.
 */
export class ChannelPackets {
  readonly #channel: PrivateChannel

  constructor(channel: Channel) {
    this.#channel = channel as unknown as PrivateChannel
    if (typeof this.#channel._client._protocol._packetRW.write.alloc !== 'function') {
      throw new Error('BUG: this version of ssh2 does not show how packets are written')
    }
  }

  /** Bytes of data that fit into one packet. */
  get maxBytes(): number {
    return this.#channel.outgoing.packetSize
  }

  /** The peer takes larger packets than SSH agreed on. */
  grow(maxBytes: number): void {
    this.#channel.outgoing.packetSize = Math.max(this.#channel.outgoing.packetSize, maxBytes)
  }

  /** How many of `bytes` may be sent now: a whole packet of them, all of them, or none. */
  room(bytes: number): number {
    const { outgoing, _client } = this.#channel
    if (outgoing.state !== 'open' || _client._protocol._kexinit !== undefined) return 0
    const wanted = Math.min(bytes, outgoing.packetSize)
    if (outgoing.window >= wanted) return wanted
    // A packet of usual size goes out in part: the window of some peers is never larger.
    return outgoing.packetSize > USUAL_PACKET_BYTES ? 0 : outgoing.window
  }

  /** Calls `again` once there may be room, however that comes about. */
  waitForRoom(again: () => void): void {
    const { _client } = this.#channel
    if (_client._protocol._kexinit !== undefined) {
      setTimeout(again, KEY_EXCHANGE_LOOK_MS)
      return
    }
    this.#channel._chunkcb = () => {
      this.#channel._chunkcb = undefined
      again()
    }
    this.#channel._waitWindow = true
  }

  /** Sends `size` bytes, no more than there is {@link room} for; `fill` copies them to where they belong. */
  send(size: number, fill: (into: Buffer) => void): void {
    const { outgoing, _client } = this.#channel
    const { _packetRW, _cipher } = _client._protocol
    const packet = _packetRW.write.alloc(HEAD_BYTES + size)
    const at = _packetRW.write.allocStart
    packet[at] = CHANNEL_DATA
    packet.writeUInt32BE(outgoing.id, at + 1)
    packet.writeUInt32BE(size, at + 5)
    fill(packet.subarray(at + HEAD_BYTES, at + HEAD_BYTES + size))
    outgoing.window -= size
    _cipher.encrypt(packet)
  }
}
