import type { IncomingMessage, ServerResponse } from 'node:http'
import { LogflowError } from '@logflow/core'
import type { EventLog } from '../state/event-log.ts'
import type { ApiParts } from './api-parts.ts'
import { metricsText } from './metrics-text.ts'

/** A request that cannot be answered as it stands. */
class BadRequest extends Error {}

const MAX_EVENTS = 1000

type Route = (parts: ApiParts, query: URLSearchParams) => unknown

const routes: Readonly<Record<string, Route>> = {
  '/api/events': ({ events, rules }, query) => eventsPage(events, rules.id, query),
  '/api/series': ({ grind }, query) => ({ series: grind.series.query(query.get('name') ?? undefined) }),
  '/api/sources': ({ grind }) => ({
    sources: grind.sources.list().map(({ memory: _memory, formatTries: _tries, format, ...facts }) => ({
      ...facts,
      format: format ?? 'generic',
    })),
  }),
}

/** Answers the API of grinder: only reading, only GET. */
export function createAnswer(parts: ApiParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('cache-control', 'no-store')
    const url = new URL(request.url ?? '/', 'http://grinder')
    if (request.method !== 'GET') send(response, 405, 'only GET\n')
    else if (url.pathname === '/api/live') parts.live.add(response)
    else if (url.pathname === '/healthz') sendHealth(parts, response)
    else if (url.pathname === '/metrics') send(response, 200, metricsText(parts))
    else void answerRoute(parts, url, response)
  }
}

async function answerRoute(parts: ApiParts, url: URL, response: ServerResponse): Promise<void> {
  const route = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined
  if (!route) return send(response, 404, `known are ${[...Object.keys(routes), '/api/live'].join(', ')}\n`)
  try {
    sendJson(response, 200, await route(parts, url.searchParams))
  } catch (error) {
    if (error instanceof BadRequest || LogflowError.is(error)) sendJson(response, 400, { error: error.message })
    else sendJson(response, 500, { error: (error as Error).message })
  }
}

/** Events from a place on: `since` is the `next` of an earlier answer, of the same rules. */
async function eventsPage(log: EventLog, rulesId: string, query: URLSearchParams): Promise<unknown> {
  const [sinceRules, offsetText] = (query.get('since') ?? `${rulesId}.0`).split('.')
  const offset = Number(offsetText)
  if (!/^[\da-f]{12}$/.test(sinceRules ?? '') || !/^\d{1,15}$/.test(offsetText ?? ''))
    throw new BadRequest('since is the "next" of an earlier answer')
  const limit = Number(query.get('limit') ?? 100)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_EVENTS)
    throw new BadRequest(`limit is an integer in 1..${MAX_EVENTS}`)
  const restarted = sinceRules !== rulesId
  const from = restarted ? 0 : offset
  if (from > log.length) throw new BadRequest('since is beyond the end')
  const found = await log.read(from, limit)
  const end = found.at(-1)?.next ?? from
  return {
    events: found.map(({ event }) => event),
    next: `${rulesId}.${end}`,
    more: end < log.length,
    // The rules changed: everything was ground anew, and these are the first events of it.
    ...(restarted && { restarted }),
  }
}

function sendHealth({ committer, grind }: ApiParts, response: ServerResponse): void {
  const { problem } = committer
  const body = { ok: problem === undefined, program: 'grinder', pid: process.pid, problem, stats: grind.counters }
  sendJson(response, problem === undefined ? 200 : 503, body)
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
}
