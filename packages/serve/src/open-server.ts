import { silentLogger, systemClock, type Clock, type Logger } from '@logflow/core'
import type { TailsrvRequest } from '@logflow/protocol'
import { openFanout, type Fanout } from '@logflow/sendfile-native'
import { Acceptor } from './acceptor.ts'
import type { Client } from './client.ts'
import type { ServeOptions } from './file-server.ts'
import { resolveLimits, type ResolvedLimits } from './limits.ts'

/** What every server works with. */
export interface ServerParts {
  readonly acceptor: Acceptor
  readonly fanout: Fanout
  readonly limits: ResolvedLimits
  readonly logger: Logger
  readonly clock: Clock
}

/** Who answers clients that have sent their header. */
interface Answerer {
  answer(request: TailsrvRequest, client: Client): void
}

/**
 * Listens, and makes the server that answers. `explains` is whether a bad header that is no number is answered with a line.
 *
 * @throws ServeError `LF_SERVE_LISTEN`; SendfileError when `engine: 'native'` cannot be
 */
export async function openServer<Server extends Answerer>(
  options: ServeOptions,
  explains: boolean,
  create: (parts: ServerParts) => Server,
): Promise<Server> {
  const { port = 0, host = '127.0.0.1', logger = silentLogger, clock = systemClock, tls, allow } = options
  const limits = resolveLimits(options.limits)
  const fanout = openFanout({ engine: options.engine ?? 'auto' })
  try {
    const server: { current?: Server } = {}
    const answer = (request: TailsrvRequest, client: Client): void => server.current?.answer(request, client)
    const acceptor = await Acceptor.open({ host, port, limits, logger, clock, explains, tls, allow, answer })
    return (server.current = create({ acceptor, fanout, limits, logger, clock }))
  } catch (error) {
    await fanout.close()
    throw error
  }
}
