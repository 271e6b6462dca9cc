import type { Socket } from 'node:net'
import type { Channel } from 'ssh2'
import { type SshError } from './errors.ts'
import { COALESCE_BYTES, MAX_SOCKET_BYTES, MAX_UNSENT_BYTES } from './limits.ts'

/**
 * What goes out on one channel: small writes gathered to packets of 32 KiB or to the end of the loop turn, and nobody
 * ahead of the peer's window or of the socket by more than a fixed amount.
 */
export class WriteQueue {
  readonly #channel: Channel
  readonly #socket: Socket
  #held: Uint8Array[] = []
  #heldBytes = 0
  #scheduled: NodeJS.Immediate | undefined
  /** Handed to the channel, not yet taken by the peer's window. */
  #unsentBytes = 0
  #sentBytes = 0
  #waiters: (() => void)[] = []
  #ended: SshError | undefined

  constructor(channel: Channel, socket: Socket) {
    this.#channel = channel
    this.#socket = socket
    socket.on('drain', () => this.#wake())
  }

  /** Bytes handed to the channel so far. */
  get sentBytes(): number {
    return this.#sentBytes
  }

  /** Takes ownership of `bytes`. Resolves when there is room for more. @throws SshError `LF_SSH_CLOSED` */
  write(bytes: Uint8Array): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended)
    if (bytes.length > 0) {
      this.#held.push(bytes)
      this.#heldBytes += bytes.length
      if (this.#heldBytes >= COALESCE_BYTES) this.#send()
      else this.#scheduled ??= setImmediate(() => this.#send())
    }
    return this.#full() ? this.#waitWhile(() => this.#full()) : Promise.resolve()
  }

  /** Resolves when all is handed to the operating system. @throws SshError `LF_SSH_CLOSED` */
  flush(): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#send()
    return this.#waitWhile(() => this.#unsentBytes > 0 || this.#socket.writableLength > 0)
  }

  /** Nothing goes out any more; whoever waits gets `error`. */
  end(error: SshError): void {
    this.#ended ??= error
    clearImmediate(this.#scheduled)
    this.#held = []
    this.#heldBytes = 0
    this.#wake()
  }

  #send(): void {
    clearImmediate(this.#scheduled)
    this.#scheduled = undefined
    if (this.#heldBytes === 0 || this.#ended) return
    const [first] = this.#held
    const bytes = this.#held.length === 1 ? asBuffer(first as Uint8Array) : Buffer.concat(this.#held)
    this.#held = []
    this.#heldBytes = 0
    this.#unsentBytes += bytes.length
    this.#sentBytes += bytes.length
    // Without its binding ssh2 writes each packet in three parts: corked, they go out in one system call.
    this.#socket.cork()
    this.#channel.write(bytes, () => {
      this.#unsentBytes -= bytes.length
      this.#wake()
    })
    this.#socket.uncork()
  }

  #full(): boolean {
    return this.#unsentBytes > MAX_UNSENT_BYTES || this.#socket.writableLength > MAX_SOCKET_BYTES
  }

  async #waitWhile(busy: () => boolean): Promise<void> {
    while (busy() && !this.#ended) await new Promise<void>(wake => this.#waiters.push(wake))
    if (this.#ended) throw this.#ended
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake()
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
