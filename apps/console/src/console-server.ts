import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConsoleError } from './errors.ts'
import type { TargetHealth } from './health-monitor.ts'
import { isAllowedHost } from './host-name.ts'
import type { LiveHub } from './live-hub.ts'
import { buildPage } from './page.ts'

/** Options of {@link startConsoleServer}. */
export interface ConsoleServerOptions {
  readonly port: number
  readonly host: string
  readonly allowHosts: readonly string[]
  readonly hub: LiveHub
  /** What a page gets first: everything it needs to draw itself. */
  readonly greeting: () => string
  readonly health: () => readonly TargetHealth[]
  readonly stats: () => Readonly<Record<string, number>>
}

/** The running server. */
export interface ConsoleServer {
  readonly port: number
  close(): Promise<void>
}

/** Serves `/`, `/live`, `/api/health`, `/healthz` and `/metrics`; nothing can be changed through it. @throws ConsoleError `LF_CONSOLE_LISTEN` */
export async function startConsoleServer(options: ConsoleServerOptions): Promise<ConsoleServer> {
  const answer = createAnswer(options)
  const server = createServer({ maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 10_000 }, answer)
  await new Promise<void>((resolve, reject) => {
    const { host, port } = options
    server.once('error', cause =>
      reject(
        new ConsoleError('LF_CONSOLE_LISTEN', `cannot listen on ${host}:${port}`, { cause, detail: { host, port } }),
      ),
    )
    server.listen(options.port, options.host, resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server, options.hub) }
}

type Route = (response: ServerResponse) => void

function createAnswer(options: ConsoleServerOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const page = buildPage()
  const routes: Readonly<Record<string, Route>> = {
    '/': response => {
      response.setHeader('content-security-policy', page.policy)
      send(response, 'text/html; charset=utf-8', page.html)
    },
    '/live': response => options.hub.add(response, options.greeting()),
    '/api/health': response => sendJson(response, options.health()),
    '/healthz': response =>
      sendJson(response, { ok: true, program: 'console', pid: process.pid, stats: options.stats() }),
    '/metrics': response => send(response, 'text/plain; version=0.0.4', metricsText(options.stats())),
  }
  return (request, response) => {
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('referrer-policy', 'no-referrer')
    response.setHeader('cache-control', 'no-store')
    const path = (request.url ?? '/').replace(/\?.*/, '')
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined
    if (!isAllowedHost(request.headers.host, options.allowHosts))
      refuse(response, 403, 'unknown host name; --allow-host NAME adds one')
    else if (request.method !== 'GET') refuse(response, 405, 'only GET')
    else if (route) route(response)
    else refuse(response, 404, 'not here')
  }
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { 'content-type': type }).end(body)
}

function sendJson(response: ServerResponse, body: unknown): void {
  send(response, 'application/json', `${JSON.stringify(body)}\n`)
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
}

function metricsText(stats: Readonly<Record<string, number>>): string {
  const rows = Object.entries(stats).map(([key, value]) => {
    const name = `logflow_console_${key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)}`
    return `# TYPE ${name} untyped\n${name} ${value}\n`
  })
  return rows.join('')
}

async function closeServer(server: Server, hub: LiveHub): Promise<void> {
  hub.close()
  const closed = new Promise(resolve => server.close(resolve))
  server.closeIdleConnections()
  // A page that takes nothing would keep its connection for ever.
  const timer = setTimeout(() => server.closeAllConnections(), 500)
  await closed
  clearTimeout(timer)
}
