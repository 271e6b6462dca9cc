import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Clock, Logger } from '@logflow/core'
import { ProtocolError, TailsrvHeaderDecoder, type TailsrvRequest } from '@logflow/protocol'
import { ServeError } from './errors.ts'
import { HeaderDeadlines } from './header-deadlines.ts'
import type { ResolvedLimits } from './limits.ts'
import { Refusals, type RefusalReason } from './refusals.ts'

const KEEP_ALIVE_MS = 60_000
const SPACE = 32

/** Where and how to listen, and who answers. */
export interface AcceptorOptions {
  readonly host: string
  readonly port: number
  readonly limits: ResolvedLimits
  readonly logger: Logger
  readonly clock: Clock
  /** Whether a bad header that is no number is answered with a line; otherwise such a client is just closed. */
  readonly explains: boolean
  /** Called once per client, with its header. The socket is the callee's from then on. */
  readonly answer: (request: TailsrvRequest, socket: Socket) => void
}

/**
 * Listens, reads one header line of each client in time, and hands the client on. Nothing is done per accepted
 * connection but to register it: a burst of thousands is taken as fast as the kernel hands it over.
 */
export class Acceptor {
  readonly port: number
  readonly refusals: Refusals
  readonly #options: AcceptorOptions
  readonly #server: Server
  readonly #deadlines: HeaderDeadlines
  readonly #sockets = new Set<Socket>()
  #accepted = 0

  private constructor(server: Server, options: AcceptorOptions) {
    this.#server = server
    this.#options = options
    this.port = (server.address() as AddressInfo).port
    this.refusals = new Refusals(options.logger, options.clock)
    this.#deadlines = new HeaderDeadlines(options.limits.headerTimeoutMs, options.clock, socket =>
      this.refuse(socket, 'timeout'),
    )
    server.on('connection', socket => this.#accept(socket))
    server.on('drop', facts => this.refusals.count('limit', { peer: facts?.remoteAddress }))
    server.on('error', err => options.logger.warn({ event: 'accept.failed', err }))
  }

  /** @throws ServeError `LF_SERVE_LISTEN` */
  static async open(options: AcceptorOptions): Promise<Acceptor> {
    const { host, port, limits } = options
    // Half open: who closes the sending side after the header (`nc -N`, `socat`) still wants the file.
    const server = createServer({
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    })
    server.maxConnections = limits.maxClients
    server.listen({ host, port, backlog: limits.backlog })
    try {
      await once(server, 'listening')
    } catch (cause) {
      throw new ServeError('LF_SERVE_LISTEN', `cannot listen on ${host}:${port}`, { cause, detail: { host, port } })
    }
    return new Acceptor(server, options)
  }

  /** Connections that are open now. */
  get clients(): number {
    return this.#sockets.size
  }
  /** Those of them whose header is not complete. */
  get waiting(): number {
    return this.#deadlines.size
  }
  /** Connections since the start. */
  get accepted(): number {
    return this.#accepted
  }

  /** Sends a client away, with one line of text if there is one. */
  refuse(socket: Socket, reason: RefusalReason, why?: string): void {
    this.refusals.count(reason, { peer: socket.remoteAddress, why })
    this.#deadlines.delete(socket)
    if (why === undefined) socket.destroy()
    else sayGoodbye(socket, `error: ${why}\n`)
  }

  /** No more clients; those without a header are closed. Resolves when the address is free again. */
  stop(): Promise<void> {
    const stopped = new Promise<void>(resolve => this.#server.close(() => resolve()))
    for (const socket of this.#deadlines.close()) socket.destroy()
    return stopped
  }

  /** Closes every connection that is left. */
  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  #accept(socket: Socket): void {
    this.#accepted++
    this.#sockets.add(socket)
    this.#deadlines.add(socket)
    const decoder = new TailsrvHeaderDecoder(this.#options.limits.maxHeaderBytes)
    let firstByte: number | undefined
    const onData = (chunk: Uint8Array): void => {
      firstByte ??= chunk.find(byte => byte > SPACE)
      decoder.push(chunk)
      const request = this.#request(socket, decoder, firstByte)
      if (!request) return
      socket.off('data', onData)
      this.#deadlines.delete(socket)
      ignoreInput(socket, this.#options.limits.maxIgnoredBytes)
      this.#options.answer(request, socket)
    }
    socket.on('data', onData)
    socket.on('error', () => {}) // `close` follows, and that is all there is to know
    socket.on('end', () => {
      if (this.#deadlines.has(socket)) this.refuse(socket, 'header')
    })
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.#deadlines.delete(socket)
    })
  }

  #request(socket: Socket, decoder: TailsrvHeaderDecoder, firstByte: number | undefined): TailsrvRequest | undefined {
    if (socket.destroyed || !this.#deadlines.has(socket)) return undefined
    try {
      return decoder.read()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      const explains = this.#options.explains && firstByte !== undefined && !isInteger(firstByte)
      this.refuse(socket, 'header', explains ? error.message : undefined)
      return undefined
    }
  }
}

/** Writes a last line and closes once it is on its way. */
export function sayGoodbye(socket: Socket, text: string | Uint8Array): void {
  socket.write(text)
  socket.destroySoon()
}

/** Drops what comes after the header. Reading on is what notices a reset; a flood is left in the kernel. */
function ignoreInput(socket: Socket, maxBytes: number): void {
  let ignored = 0
  socket.on('data', chunk => {
    ignored += chunk.length
    if (ignored > maxBytes) socket.pause()
  })
}

/** The first byte that is no white space tells the dialects apart. */
function isInteger(byte: number): boolean {
  return byte === 43 || byte === 45 || (byte >= 48 && byte <= 57)
}
