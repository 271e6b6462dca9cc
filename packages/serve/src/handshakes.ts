import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import type { Admission } from './admission.ts'
import type { Client } from './client.ts'

/** What becomes of a handshake. */
export interface HandshakeOptions {
  readonly admission: Admission
  readonly timeoutMs: number
  /** The client is encrypted, and has a certificate if it needs one. */
  readonly onSecure: (client: Client) => void
  readonly onRefused: (client: Client, reason: 'tls' | 'forbidden') => void
}

/** Clients in the middle of their handshake. The server of TLS does not listen: it is handed what was accepted. */
export class Handshakes {
  readonly #server: Server
  readonly #options: HandshakeOptions
  /** By address and port, which is all that the two sockets of a connection have in common. */
  readonly #clients = new Map<string, Client>()

  constructor(options: HandshakeOptions) {
    this.#options = options
    const handshakeTimeout = options.timeoutMs + 1000 // the caller's comes first
    this.#server = createServer({ ...options.admission.tls, handshakeTimeout })
    this.#server.on('secureConnection', socket => this.#secure(socket))
    this.#server.on('tlsClientError', (_, socket) => {
      const client = this.#take(socket)
      if (client) options.onRefused(client, 'tls')
    })
  }

  begin(client: Client): void {
    const { socket } = client
    // TLS has an end of its own, and a socket on top of this one does as this one: both sides end together.
    socket.allowHalfOpen = false
    const key = keyOf(socket)
    this.#clients.set(key, client)
    // Before anybody else forgets it.
    socket.prependOnceListener('close', () => {
      if (this.#clients.delete(key)) this.#options.onRefused(client, 'tls')
    })
    this.#server.emit('connection', socket)
  }

  #secure(socket: TLSSocket): void {
    const client = this.#take(socket)
    if (!client) return void socket.destroy()
    client.encrypt(socket)
    if (this.#options.admission.admitsCertificate(socket)) this.#options.onSecure(client)
    else this.#options.onRefused(client, 'forbidden')
  }

  #take(socket: Socket): Client | undefined {
    const key = keyOf(socket)
    const client = this.#clients.get(key)
    this.#clients.delete(key)
    return client
  }
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}
