import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '@logflow/core'
import { GrinderError } from '../errors.ts'
import { createAnswer } from './answer.ts'
import type { ApiParts } from './api-parts.ts'

/** Options of {@link startApiServer}. */
export interface ApiServerOptions extends ApiParts {
  readonly port: number
  readonly host: string
  readonly logger: Logger
}

/** The running server. */
export interface ApiServer extends AsyncDisposable {
  readonly port: number
}

/** Serves what `createAnswer` answers. @throws GrinderError `LF_GRINDER_LISTEN` */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { port, host, live } = options
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, createAnswer(options))
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause =>
      reject(new GrinderError('LF_GRINDER_LISTEN', `cannot listen on ${host}:${port}`, { cause })),
    )
    server.listen(port, host, resolve)
  })
  const bound = (server.address() as AddressInfo).port
  options.logger.info({ event: 'server.listening', port: bound, address: host })
  return {
    port: bound,
    [Symbol.asyncDispose]: () => {
      live.close()
      return closeServer(server)
    },
  }
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise(resolve => server.close(resolve))
  server.closeIdleConnections()
  // A listener that takes nothing would keep its connection for ever.
  const timer = setTimeout(() => server.closeAllConnections(), 500)
  await closed
  clearTimeout(timer)
}
