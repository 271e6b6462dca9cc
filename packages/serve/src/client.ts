import type { Socket } from 'node:net'

/** One accepted connection, from the first byte to the last, whoever has its socket. */
export class Client {
  readonly address: string
  /** What is read from and written to; that of TLS once there is one. */
  socket: Socket
  readonly #onLeft: (client: Client) => void
  #handedOver = false
  #left = false

  /** @param onLeft - told once, when the connection is over */
  constructor(socket: Socket, onLeft: (client: Client) => void) {
    this.socket = socket
    this.address = socket.remoteAddress ?? ''
    this.#onLeft = onLeft
    socket.on('error', ignore) // `close` follows, and that is all there is to know
    socket.once('close', () => {
      if (!this.#handedOver) this.left()
    })
  }

  /** Goes on with the encrypted socket on top of the accepted one, which goes with it. */
  encrypt(socket: Socket): void {
    const accepted = this.socket
    socket.on('error', ignore)
    socket.once('close', () => {
      accepted.destroy()
      if (!this.#handedOver) this.left()
    })
    this.socket = socket
  }

  /** From now on somebody else says when the connection is over: the socket may be closed without meaning it. */
  handOver(): void {
    this.#handedOver = true
  }

  /** The connection is over. */
  left(): void {
    if (this.#left) return
    this.#left = true
    this.#onLeft(this)
  }

  /** Writes a last line and closes once it is on its way. */
  sayGoodbye(text: string | Uint8Array): void {
    this.socket.write(text)
    this.socket.destroySoon()
  }
}

function ignore(): void {}
