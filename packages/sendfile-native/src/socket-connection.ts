import type { Socket } from 'node:net'
import { DEFAULT_IGNORED_BYTES } from './limits.ts'
import type { AdoptOptions, Connection, Transfer, TransferRequest } from './transfer.ts'

/** An adopted connection that stays a socket of Node: in the JavaScript engine, and for TLS. */
export class SocketConnection implements Connection {
  readonly #socket: Socket
  readonly #send: (socket: Socket, request: TransferRequest) => Transfer

  constructor(
    socket: Socket,
    { maxIgnoredBytes = DEFAULT_IGNORED_BYTES, onClosed }: AdoptOptions,
    send: (socket: Socket, request: TransferRequest) => Transfer,
  ) {
    this.#socket = socket
    this.#send = send
    ignoreInput(socket, maxIgnoredBytes)
    if (!onClosed) return
    if (socket.closed) onClosed()
    else socket.once('close', onClosed)
  }

  send(request: TransferRequest): Transfer {
    return this.#send(this.#socket, request)
  }

  end(): void {
    this.#socket.destroySoon()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** Reading on is what notices a reset; a flood is left in the kernel. */
function ignoreInput(socket: Socket, maxBytes: number): void {
  let ignored = 0
  socket.on('data', (chunk: Uint8Array) => {
    ignored += chunk.length
    if (ignored > maxBytes) socket.pause()
  })
}
