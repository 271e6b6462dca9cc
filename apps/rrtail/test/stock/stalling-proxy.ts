import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A way to a server on this machine on which bytes can get stuck: for machines that give no network namespace. */
export class StallingProxy {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #stalled = false

  private constructor(server: Server, to: number) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    server.on('connection', near => this.#join(near, connect(to, '127.0.0.1')))
  }

  static async open(to: number): Promise<StallingProxy> {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new StallingProxy(server, to)
  }

  /** From now on nothing goes through, in either direction. Nobody is told. */
  drop(): void {
    this.#stalled = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** Everything goes on. */
  heal(): void {
    this.#stalled = false
    for (const socket of this.#sockets) socket.resume()
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(near: Socket, far: Socket): void {
    this.#forward(near, far)
    this.#forward(far, near)
  }

  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.on('error', () => {})
    from.on('data', chunk => {
      if (!to.write(chunk)) from.pause()
    })
    from.on('drain', () => {
      if (!this.#stalled) to.resume()
    })
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
    if (this.#stalled) from.pause()
    else from.resume()
  }
}
