import type { Socket } from 'node:net'
import type { Clock, Logger } from '@logflow/core'
import { ProtocolError, TailsrvHeaderDecoder, type TailsrvRequest } from '@logflow/protocol'
import { Admission, type AllowList, type ServeTls } from './admission.ts'
import { Client } from './client.ts'
import { Handshakes } from './handshakes.ts'
import { HeaderDeadlines } from './header-deadlines.ts'
import type { ResolvedLimits } from './limits.ts'
import { Listeners } from './listeners.ts'
import { Refusals, type RefusalReason } from './refusals.ts'

const SPACE = 32

/** Where and how to listen, and who answers. */
export interface AcceptorOptions {
  readonly host: string
  readonly port: number
  readonly limits: ResolvedLimits
  readonly tls?: ServeTls | undefined
  readonly allow?: AllowList | undefined
  readonly logger: Logger
  readonly clock: Clock
  /** Whether a bad header that is no number is answered with a line; otherwise such a client is just closed. */
  readonly explains: boolean
  /** Called once per client, with its header. The socket is the callee's from then on. */
  readonly answer: (request: TailsrvRequest, client: Client) => void
}

/**
 * Listens, reads one header line of each client in time, and hands the client on. Nothing is done per accepted
 * connection but to register it: a burst of thousands is taken as fast as the kernel hands it over.
 */
export class Acceptor {
  readonly port: number
  readonly refusals: Refusals
  readonly #options: AcceptorOptions
  readonly #admission: Admission
  readonly #handshakes: Handshakes | undefined
  readonly #listeners: Listeners
  readonly #deadlines: HeaderDeadlines<Client>
  readonly #clients = new Set<Client>()
  readonly #perAddress = new Map<string, number>()
  #accepted = 0

  private constructor(listeners: Listeners, admission: Admission, options: AcceptorOptions) {
    this.#listeners = listeners
    this.#admission = admission
    this.#options = options
    this.port = listeners.port
    this.refusals = new Refusals(options.logger, options.clock)
    this.#deadlines = new HeaderDeadlines(options.limits.headerTimeoutMs, options.clock, client =>
      this.refuse(client, 'timeout'),
    )
    // A handshake has the time of the header.
    this.#handshakes = admission.tls && this.#createHandshakes(options.limits.headerTimeoutMs)
  }

  /** @throws ServeError `LF_SERVE_LISTEN`; RangeError for an allow list that is none */
  static async open(options: AcceptorOptions): Promise<Acceptor> {
    const admission = new Admission(options.tls, options.allow)
    const early: Socket[] = []
    const door = { take: (socket: Socket): void => void early.push(socket) }
    const listeners = await Listeners.open({
      host: options.host,
      port: options.port,
      backlog: options.limits.backlog,
      onConnection: socket => door.take(socket),
      onError: err => options.logger.warn({ event: 'accept.failed', err }),
    })
    const acceptor = new Acceptor(listeners, admission, options)
    door.take = socket => acceptor.#accept(socket)
    for (const socket of early) door.take(socket)
    return acceptor
  }

  /** Connections that are open now. */
  get clients(): number {
    return this.#clients.size
  }
  /** Those of them whose header is not complete. */
  get waiting(): number {
    return this.#deadlines.size
  }
  /** Connections since the start. */
  get accepted(): number {
    return this.#accepted
  }
  /** Different addresses that they come from. */
  get addresses(): number {
    return this.#perAddress.size
  }

  /** Sends a client away, with one line of text if there is one. */
  refuse(client: Client, reason: RefusalReason, why?: string): void {
    this.refusals.count(reason, { peer: client.address, why })
    this.#deadlines.delete(client)
    if (why === undefined) client.socket.destroy()
    else client.sayGoodbye(`error: ${why}\n`)
  }

  /** No more clients; those without a header are closed. Resolves when the address is free again. */
  stop(): Promise<void> {
    const stopped = this.#listeners.close()
    for (const client of this.#deadlines.close()) client.socket.destroy()
    return stopped
  }

  /** Closes every connection that is left. */
  destroyAll(): void {
    for (const client of this.#clients) client.socket.destroy()
  }

  #accept(socket: Socket): void {
    this.#accepted++
    const refused = this.#isFull(socket) ?? (this.#admission.admitsAddress(socket) ? undefined : 'forbidden')
    if (refused) {
      this.refusals.count(refused, { peer: socket.remoteAddress })
      socket.on('error', () => {})
      socket.destroy()
      return
    }
    const client = new Client(socket, left => this.#forget(left))
    this.#clients.add(client)
    this.#perAddress.set(client.address, (this.#perAddress.get(client.address) ?? 0) + 1)
    this.#deadlines.add(client)
    if (this.#handshakes) this.#handshakes.begin(client)
    else this.#readHeader(client)
  }

  #createHandshakes(timeoutMs: number): Handshakes {
    return new Handshakes({
      admission: this.#admission,
      timeoutMs,
      onSecure: client => this.#readHeader(client),
      onRefused: (client, reason) => {
        if (this.#deadlines.has(client)) this.refuse(client, reason)
      },
    })
  }

  #isFull({ remoteAddress = '' }: Socket): RefusalReason | undefined {
    const { maxClients, maxClientsPerAddress } = this.#options.limits
    if (this.#clients.size >= maxClients) return 'limit'
    return (this.#perAddress.get(remoteAddress) ?? 0) >= maxClientsPerAddress ? 'address' : undefined
  }

  #forget(client: Client): void {
    this.#clients.delete(client)
    this.#deadlines.delete(client)
    const left = (this.#perAddress.get(client.address) ?? 1) - 1
    if (left > 0) this.#perAddress.set(client.address, left)
    else this.#perAddress.delete(client.address)
  }

  #readHeader(client: Client): void {
    const decoder = new TailsrvHeaderDecoder(this.#options.limits.maxHeaderBytes)
    const { socket } = client
    let firstByte: number | undefined
    const onData = (chunk: Uint8Array): void => {
      firstByte ??= chunk.find(byte => byte > SPACE)
      decoder.push(chunk)
      const request = this.#request(client, decoder, firstByte)
      if (!request) return
      socket.off('data', onData)
      socket.off('end', onEnd)
      this.#deadlines.delete(client)
      this.#options.answer(request, client)
    }
    const onEnd = (): void => {
      if (this.#deadlines.has(client)) this.refuse(client, 'header')
    }
    socket.on('data', onData)
    socket.on('end', onEnd)
  }

  #request(client: Client, decoder: TailsrvHeaderDecoder, firstByte: number | undefined): TailsrvRequest | undefined {
    if (client.socket.destroyed || !this.#deadlines.has(client)) return undefined
    try {
      return decoder.read()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      const explains = this.#options.explains && firstByte !== undefined && !isInteger(firstByte)
      this.refuse(client, 'header', explains ? error.message : undefined)
      return undefined
    }
  }
}

/** The first byte that is no white space tells the dialects apart. */
function isInteger(byte: number): boolean {
  return byte === 43 || byte === 45 || (byte >= 48 && byte <= 57)
}
