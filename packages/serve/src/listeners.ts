import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { platform } from 'node:os'
import { ServeError } from './errors.ts'

const KEEP_ALIVE_MS = 60_000
/**
 * Listening sockets on the one port, where the system shares connections out among them. Each has a queue of its own,
 * and the kernel bounds a queue (4096 by default): a burst of thousands that does not fit is not refused but dropped, and
 * tries again only after a second, then after three.
 */
const LISTENERS = 4

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
      const shares = platform() === 'linux'
      // The system shares a port that it chooses with nobody. One that was given must be free of others, who might share.
      if (shares && port === 0) return new Listeners(await listenShared(options, port))
      const only = accepting(await listen(options, { port, reusePort: false }), options)
      if (!shares) return new Listeners([only])
      only.close() // and on with the next in the same turn: who has connected already is kept
      return new Listeners(await listenShared(options, port))
    } catch (cause) {
      throw new ServeError('LF_SERVE_LISTEN', `cannot listen on ${host}:${port}`, { cause, detail: { host, port } })
    }
  }

  /** Resolves when the address is free again; connections that were accepted stay. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map(closed))
  }
}

async function listenShared(options: ListenOptions, port: number): Promise<Server[]> {
  const first = accepting(await listen(options, { port, reusePort: true }), options)
  const servers = [first]
  const same = { port: (first.address() as AddressInfo).port, reusePort: true }
  try {
    while (servers.length < LISTENERS) servers.push(accepting(await listen(options, same), options))
  } catch (error) {
    // Node before 22.12 does not know how to share: one queue has to do.
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
  }
  return servers
}

async function listen(
  { host, backlog }: ListenOptions,
  { port, reusePort }: { readonly port: number; readonly reusePort: boolean },
): Promise<Server> {
  // Half open: who closes the sending side after the header (`nc -N`, `socat`) still wants the file.
  const server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  })
  const options = { host, port, backlog, reusePort }
  server.listen(options)
  await once(server, 'listening')
  return server
}

function accepting(server: Server, { onConnection, onError }: ListenOptions): Server {
  return server.on('connection', onConnection).on('error', onError)
}

/** `close` waits for connections; the address is free when listening has ended, which is at once. */
function closed(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close()
    setImmediate(resolve)
  })
}
