import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '@logflow/core'

/** Options of {@link startStatusServer}. */
export interface StatusServerOptions {
  /** Port; 0 takes a free one. */
  readonly port: number
  /** Address to listen on. @defaultValue `127.0.0.1` */
  readonly host?: string
  /** Name in the metrics: `logflow_<program>_<counter>`. */
  readonly program: string
  /** A snapshot of every counter, names in camelCase. */
  readonly stats: () => Readonly<Record<string, number>>
  /** What is wrong, in a few words, or `undefined` when all is well. */
  readonly health?: () => string | undefined
  readonly logger: Logger
}

/** A running status server. */
export interface StatusServer {
  readonly port: number
  close(): Promise<void>
}

/** Answers `/healthz` (JSON; 200 or 503) and `/metrics` (Prometheus text exposition format 0.0.4). */
export async function startStatusServer(options: StatusServerOptions): Promise<StatusServer> {
  const { createServer } = await import('node:http')
  const server = createServer((request, response) => answer(options, request.url ?? '/', response))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host ?? '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  options.logger.info({ event: 'status.listening', port })
  return { port, close: () => closeServer(server) }
}

function answer({ program, stats, health }: StatusServerOptions, url: string, response: ServerResponse): void {
  if (url === '/healthz') {
    const problem = health?.()
    response.writeHead(problem === undefined ? 200 : 503, { 'content-type': 'application/json' })
    response.end(
      `${JSON.stringify({ ok: problem === undefined, program, pid: process.pid, problem, stats: stats() })}\n`,
    )
  } else if (url === '/metrics') {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
    response.end(metricsText(program, stats()))
  } else {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('try /healthz or /metrics\n')
  }
}

function metricsText(program: string, stats: Readonly<Record<string, number>>): string {
  const rows = Object.entries(stats).map(([key, value]) => {
    const name = `logflow_${program}_${key}`
      .replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
      .replaceAll('-', '_')
    return `# TYPE ${name} untyped\n${name} ${value}`
  })
  return `${rows.join('\n')}\n`
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise(resolve => server.close(() => resolve()))
}
