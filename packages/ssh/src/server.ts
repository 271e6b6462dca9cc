import { once } from 'node:events'
import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net'
import { silentLogger, type Logger } from '@logflow/core'
import ssh2, { type Connection } from 'ssh2'
import { algorithmLists, type AlgorithmNames } from './algorithms.ts'
import type { Authenticate } from './authenticate.ts'
import { ConnectionGate, networkOf, type Entry, type Refusal } from './connection-gate.ts'
import { SshError } from './errors.ts'
import type { HostKey } from './host-key.ts'
import { offeredHostKeys } from './offered-host-keys.ts'
import { resolveServerLimits, type SshServerLimits } from './limits.ts'
import { peerName, ServerConnection } from './server-connection.ts'
import type { SshSession } from './session.ts'
import { OWN_SOFTWARE } from './software.ts'

/** Options of {@link openSshServer}. */
export interface SshServerOptions {
  /** Address to listen on. @defaultValue `0.0.0.0` */
  readonly host?: string
  /** @defaultValue 0, a free port */
  readonly port?: number
  /** One per algorithm; the first of an algorithm counts. */
  readonly hostKeys: readonly HostKey[]
  readonly authenticate: Authenticate
  /** A user opened the session. When the promise rejects, the error is logged and the session aborted. */
  readonly onSession: (session: SshSession) => void | Promise<void>
  readonly limits?: Partial<SshServerLimits>
  readonly algorithms?: AlgorithmNames
  /** Bytes sent before new keys are asked for. @defaultValue 1 GiB */
  readonly rekeyBytes?: number
  readonly logger?: Logger
}

/** Counters of an {@link SshServer}. */
export interface SshServerStats {
  /** Logged in and open. */
  readonly connections: number
  /** Accepted and not logged in. */
  readonly preAuthConnections: number
  /** Logged in since the start. */
  readonly lifetimeConnections: number
  /** Closed at once because of a limit. */
  readonly refusedConnections: number
}

/** A listening server. */
export interface SshServer extends AsyncDisposable {
  readonly port: number
  readonly address: string
  stats(): SshServerStats
  /** Takes no more connections and ends those that have not logged in. Sessions go on. */
  stopAccepting(): void
  /** Stops listening, aborts what is open, resolves when all is gone. Sessions that must end in order: close them first. */
  close(): Promise<void>
}

/**
 * Listens for SSH. What a client can do after logging in is to open one session channel and ask for a shell without a
 * terminal; the bytes of that channel are the {@link SshSession}. Any other request is refused and ends the connection.
 *
 * @throws SshError `LF_SSH_LISTEN` when the address cannot be had, `LF_SSH_ALGORITHM` when a name is not supported
 */
export async function openSshServer(options: SshServerOptions): Promise<SshServer> {
  const server = new RunningServer(options)
  await server.listen(options.host ?? '0.0.0.0', options.port ?? 0)
  return server
}

interface Visitor {
  readonly entry: Entry
  readonly network: string
  readonly timer: NodeJS.Timeout
  stranger: boolean
}

class RunningServer implements SshServer {
  readonly #options: SshServerOptions
  readonly #limits: SshServerLimits
  readonly #logger: Logger
  readonly #gate: ConnectionGate
  readonly #ssh: InstanceType<typeof ssh2.Server>
  readonly #tcp: TcpServer
  /** Every open socket, the oldest first. */
  readonly #sockets = new Map<Socket, Visitor>()
  #bound: AddressInfo = { address: '', port: 0, family: '' }
  #connections = 0
  #lifetimeConnections = 0
  #refusedConnections = 0
  /** When the next refusal may be logged. */
  #tellRefusedMs = 0
  /** Resolves when nothing is open any more; set once nothing is taken any more. */
  #gone: Promise<void> | undefined

  constructor(options: SshServerOptions) {
    this.#options = options
    this.#limits = resolveServerLimits(options.limits)
    this.#logger = options.logger ?? silentLogger
    this.#gate = new ConnectionGate(this.#limits, () => performance.now())
    this.#ssh = createSsh(options)
    this.#ssh.on('connection', connection => this.#onConnection(connection))
    // Accepting is ours, so that limits, Nagle and the login timer need nothing private of ssh2.
    this.#tcp = createServer({ noDelay: true, keepAlive: true }, socket => this.#onSocket(socket))
  }

  get port(): number {
    return this.#bound.port
  }
  get address(): string {
    return this.#bound.address
  }

  stats(): SshServerStats {
    return {
      connections: this.#connections,
      preAuthConnections: this.#gate.open - this.#connections,
      lifetimeConnections: this.#lifetimeConnections,
      refusedConnections: this.#refusedConnections,
    }
  }

  async listen(host: string, port: number): Promise<void> {
    try {
      this.#tcp.listen({ host, port })
      await once(this.#tcp, 'listening')
      this.#bound = this.#tcp.address() as AddressInfo
    } catch (cause) {
      throw new SshError('LF_SSH_LISTEN', `cannot listen on ${host}:${port}`, { cause, detail: { host, port } })
    }
  }

  stopAccepting(): void {
    this.#gone ??= new Promise(resolve => this.#tcp.close(() => resolve()))
    for (const [socket, { stranger }] of this.#sockets) if (stranger) socket.destroy()
  }

  async close(): Promise<void> {
    this.stopAccepting()
    for (const socket of this.#sockets.keys()) socket.destroy()
    await this.#gone
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #onSocket(socket: Socket): void {
    const ip = socket.remoteAddress ?? ''
    const peer = peerName(socket)
    let entry = this.#gate.enter(ip)
    if (entry === 'too many connections' && this.#makeRoom(ip)) entry = this.#gate.enter(ip)
    if (typeof entry === 'string') {
      socket.destroy()
      return this.#tellRefused(peer, entry)
    }
    const counted = entry
    const timer = setTimeout(() => this.#giveUp(socket), this.#limits.loginTimeoutMs)
    this.#sockets.set(socket, { entry: counted, network: networkOf(ip), timer, stranger: true })
    socket.once('close', () => {
      clearTimeout(timer)
      this.#sockets.delete(socket)
      counted.leave()
    })
    this.#ssh.injectSocket(socket)
  }

  /** Ends the oldest connection of whoever crowds the place without having logged in. Returns whether there is room now. */
  #makeRoom(ip: string): boolean {
    const crowd = this.#gate.crowdedBy(ip)
    for (const [socket, { stranger, network, entry }] of this.#sockets) {
      if (!stranger || network !== crowd) continue
      this.#logger.warn({ event: 'login.crowded-out', peer: peerName(socket) }, 'gave its place to another address')
      entry.leave()
      this.#sockets.delete(socket)
      socket.destroy()
      return true
    }
    return false
  }

  /** Once a second at most: a log line per refused connection would let strangers fill the disk. */
  #tellRefused(peer: string, reason: Refusal): void {
    this.#refusedConnections++
    const nowMs = performance.now()
    if (nowMs < this.#tellRefusedMs) return
    this.#tellRefusedMs = nowMs + 1000
    this.#logger.warn({ event: 'connection.refused', peer, reason, ...this.stats() }, reason)
  }

  #giveUp(socket: Socket): void {
    this.#logger.warn({ event: 'login.timed-out', peer: peerName(socket) }, 'login took too long')
    socket.destroy()
  }

  #onConnection(connection: Connection): void {
    // ssh2 hands over no socket; without it there is no backpressure, so a version that hides it gets no connection.
    const socket = (connection as unknown as { readonly _sock?: Socket })._sock
    if (socket === undefined) throw new Error('BUG: this version of ssh2 does not show the socket of a connection')
    new ServerConnection(connection, socket, {
      ...this.#options,
      limits: this.#limits,
      logger: this.#logger,
      opened: () => clearTimeout(this.#sockets.get(socket)?.timer),
      loggedIn: () => {
        const visitor = this.#sockets.get(socket)
        if (visitor) visitor.stranger = false
        visitor?.entry.loggedIn()
        this.#connections++
        this.#lifetimeConnections++
        socket.once('close', () => this.#connections--)
      },
    })
  }
}

function createSsh(options: SshServerOptions): InstanceType<typeof ssh2.Server> {
  try {
    return new ssh2.Server({
      hostKeys: offeredHostKeys(options.hostKeys),
      algorithms: algorithmLists('server', options.algorithms),
      ident: OWN_SOFTWARE,
    })
  } catch (cause) {
    throw new SshError('LF_SSH_ALGORITHM', `cannot set up SSH: ${(cause as Error).message}`, { cause })
  }
}
