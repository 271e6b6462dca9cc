import type { Socket } from 'node:net'
import type { Channel } from 'ssh2'
import { ChannelPackets } from './channel-packets.ts'
import { type SshError } from './errors.ts'
import { MAX_SOCKET_BYTES, MAX_UNSENT_BYTES } from './limits.ts'

/**
 * What goes out on one channel: small writes gathered to whole packets or to the end of the loop turn, and nobody
 * ahead of the peer's window or of the socket by more than a fixed amount.
 */
export class WriteQueue {
  readonly #packets: ChannelPackets
  readonly #socket: Socket
  #held: Uint8Array[] = []
  /** Bytes of the first held piece that are sent. */
  #start = 0
  /** Bytes waiting for their packet to fill, or for the peer's window. */
  #heldBytes = 0
  #scheduled: NodeJS.Immediate | undefined
  #waitsForRoom = false
  #sentBytes = 0
  #waiters: (() => void)[] = []
  #ended: SshError | undefined

  readonly #allSent: () => void

  /** @param allSent - Told when everything is handed to the operating system. */
  constructor(channel: Channel, socket: Socket, allSent: () => void) {
    this.#packets = new ChannelPackets(channel)
    this.#socket = socket
    this.#allSent = allSent
    socket.on('drain', () => this.#wake())
  }

  /** Bytes sent so far. */
  get sentBytes(): number {
    return this.#sentBytes
  }

  /** The peer takes larger packets than SSH agreed on. */
  growPackets(maxBytes: number): void {
    this.#packets.grow(maxBytes)
  }

  /** Takes ownership of `bytes`. Resolves when there is room for more. @throws SshError `LF_SSH_CLOSED` */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended)
    if (bytes.length > 0) {
      this.#hold(bytes)
      if (this.#heldBytes >= this.#packets.maxBytes) this.#send()
      else this.#scheduled ??= setImmediate(() => this.#send())
    }
    return this.#full() ? this.#waitWhile(() => this.#full()) : Promise.resolve()
  }

  /** Sends `parts` at once; resolves when their memory is the caller's again and there is room for more. */
  writeParts(parts: readonly Uint8Array[]): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended)
    for (const part of parts) if (part.length > 0) this.#hold(part)
    this.#send()
    return this.#waitWhile(() => this.#heldBytes > 0 || this.#socket.writableLength > MAX_SOCKET_BYTES)
  }

  /** Resolves when all is handed to the operating system. @throws SshError `LF_SSH_CLOSED` */
  flush(): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#send()
    return this.#waitWhile(() => this.#heldBytes > 0 || this.#socket.writableLength > 0)
  }

  /** Nothing goes out any more; whoever waits gets `error`. */
  end(error: SshError): void {
    this.#ended ??= error
    clearImmediate(this.#scheduled)
    this.#held = []
    this.#heldBytes = 0
    this.#wake()
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
  }

  /** As many packets as there is room for. */
  #send(): void {
    clearImmediate(this.#scheduled)
    this.#scheduled = undefined
    if (this.#heldBytes === 0 || this.#ended || this.#waitsForRoom) return
    // Without its binding ssh2 writes each packet in three parts: corked, they go out in one system call.
    this.#socket.cork()
    for (let size = this.#packets.room(this.#heldBytes); size > 0; size = this.#packets.room(this.#heldBytes)) {
      this.#packets.send(size, into => this.#take(into))
      this.#sentBytes += size
    }
    this.#socket.uncork()
    this.#wake()
    if (this.#heldBytes === 0) return
    this.#waitsForRoom = true
    this.#packets.waitForRoom(() => {
      this.#waitsForRoom = false
      this.#send()
    })
  }

  /** Fills `into` with what is held. */
  #take(into: Buffer): void {
    let pieces = 0
    for (let at = 0; at < into.length;) {
      const piece = this.#held[pieces] as Uint8Array
      const size = Math.min(piece.length - this.#start, into.length - at)
      into.set(size === piece.length ? piece : piece.subarray(this.#start, this.#start + size), at)
      at += size
      this.#start += size
      if (this.#start < piece.length) break
      this.#start = 0
      pieces++
    }
    this.#held.splice(0, pieces)
    this.#heldBytes -= into.length
  }

  #full(): boolean {
    return this.#heldBytes > MAX_UNSENT_BYTES || this.#socket.writableLength > MAX_SOCKET_BYTES
  }

  async #waitWhile(busy: () => boolean): Promise<void> {
    while (busy() && !this.#ended) await new Promise<void>(wake => this.#waiters.push(wake))
    if (this.#ended) throw this.#ended
  }

  #wake(): void {
    if (this.#socket.writableLength === 0) this.#allSent()
    for (const wake of this.#waiters.splice(0)) wake()
  }
}
