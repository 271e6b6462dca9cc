import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { platform } from 'node:os'
import { ServeError } from './errors.ts'

const KEEP_ALIVE_MS = 60_000
/**
 * Listening sockets on the one port, where the system shares connections out among them. Each has a queue of its own,
 * and the kernel bounds a queue (4096 by default): a burst of thousands that does not fit is not refused but dropped, and
 * tries again only after a second, then after three.
 */
const LISTENERS = 4
/** Who listens on this machine answers at once, unless its queue is full. */
const ANSWER_MS = 1000

/** Where to listen, and who takes the connections. */
export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly backlog: number
  readonly onConnection: (socket: Socket) => void
  readonly onError: (error: Error) => void
}

/** One port with several queues. */
export class Listeners {
  readonly port: number
  readonly #servers: readonly Server[]

  private constructor(servers: readonly Server[]) {
    this.#servers = servers
    this.port = (servers[0]?.address() as AddressInfo).port
  }

  /** @throws ServeError `LF_SERVE_LISTEN` */
  static async open(options: ListenOptions): Promise<Listeners> {
    const { host, port } = options
    try {
      if (platform() !== 'linux') return new Listeners([await listen(options, { port, reusePort: false })])
      // The system shares a port that it chooses with nobody, and one that was given with whoever shares it, too.
      if (port !== 0 && (await isTaken(host, port))) {
        throw Object.assign(new Error('EADDRINUSE: somebody listens there'), { code: 'EADDRINUSE' })
      }
      return new Listeners(await listenShared(options))
    } catch (cause) {
      throw new ServeError('LF_SERVE_LISTEN', `cannot listen on ${host}:${port}`, { cause, detail: { host, port } })
    }
  }

  /** Resolves when the address is free again; connections that were accepted stay. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map(closed))
  }
}

/**
 * Whether somebody listens there, asked by connecting. To listen alone first tells as much, but whoever connects before
 * that socket is closed and shared ones are opened loses the connection.
 */
async function isTaken(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port })
  try {
    return await new Promise<boolean>(resolve => {
      socket.setTimeout(ANSWER_MS, () => resolve(true))
      socket.on('error', () => resolve(false))
      // A socket that the system gave the very same port has found itself.
      socket.on('connect', () => resolve(socket.localPort !== port))
    })
  } finally {
    socket.destroy()
  }
}

async function listenShared(options: ListenOptions): Promise<Server[]> {
  const first = await listen(options, { port: options.port, reusePort: true })
  const servers = [first]
  const same = { port: (first.address() as AddressInfo).port, reusePort: true }
  try {
    while (servers.length < LISTENERS) servers.push(await listen(options, same))
  } catch (error) {
    // Node before 22.12 does not know how to share: one queue has to do.
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
  }
  return servers
}

async function listen(
  { host, backlog, onConnection, onError }: ListenOptions,
  { port, reusePort }: { readonly port: number; readonly reusePort: boolean },
): Promise<Server> {
  // Half open: who closes the sending side after the header (`nc -N`, `socat`) still wants the file.
  const server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  })
  // Before it listens: the first connections may come in the same turn.
  server.on('connection', onConnection)
  const options = { host, port, backlog, reusePort }
  server.listen(options)
  await once(server, 'listening')
  return server.on('error', onError)
}

/** `close` waits for connections; the address is free when listening has ended, which is at once. */
function closed(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close()
    setImmediate(resolve)
  })
}
