import type { ServerResponse } from 'node:http'
import type { Clock } from '@logflow/core'
import { LIVE_FLUSH_MS, MAX_LIVE_BUFFER_BYTES, MAX_LIVE_CLIENTS } from './limits.ts'
import type { LiveEvent, LiveLine, LiveSink } from './live-items.ts'

/** Options of {@link LiveFeed}. */
export interface LiveFeedOptions {
  readonly clock: Clock
  /** Lines and, separately, events that are shown per second; people read no more, and the store has them all. */
  readonly itemsPerSecond: number
}

interface Client {
  readonly response: ServerResponse
  /** What this client missed because it did not keep up, since it last heard about it. */
  missedLines: number
  missedEvents: number
}

/**
 * What is being ground, to whoever listens to `/api/live` (server-sent events `lines` and `events`, JSON). A sample:
 * `notShown` in each message says how many there were besides.
 */
export class LiveFeed implements LiveSink {
  readonly #options: LiveFeedOptions
  readonly #clients = new Set<Client>()
  #lines: LiveLine[] = []
  #events: LiveEvent[] = []
  #linesNotShown = 0
  #eventsNotShown = 0
  #budgetAtMs = 0
  #lineBudget = 0
  #eventBudget = 0
  #timer: NodeJS.Timeout | undefined
  #heartbeat: NodeJS.Timeout | undefined

  constructor(options: LiveFeedOptions) {
    this.#options = options
  }

  /** Listeners now. */
  get clients(): number {
    return this.#clients.size
  }

  /** Takes over a response. Answers 503 when too many listen already. */
  add(response: ServerResponse): void {
    if (this.#clients.size >= MAX_LIVE_CLIENTS) {
      response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '10' }).end('too many listeners\n')
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': grinder\n\n')
    const client = { response, missedLines: 0, missedEvents: 0 }
    this.#clients.add(client)
    this.#heartbeat ??= setInterval(() => this.#beat(), 5000).unref()
    response.on('close', () => {
      this.#clients.delete(client)
      if (this.#clients.size > 0) return
      clearInterval(this.#heartbeat)
      this.#heartbeat = undefined
    })
  }

  now(): number {
    return this.#options.clock.now()
  }

  wantedLines(lines: number): number {
    if (this.#clients.size === 0) return 0
    this.#refill()
    const wanted = Math.min(lines, Math.floor(this.#lineBudget))
    this.#lineBudget -= wanted
    this.#linesNotShown += lines - wanted
    if (lines > wanted) this.#flushSoon()
    return wanted
  }

  addLines(lines: readonly LiveLine[]): void {
    this.#lines.push(...lines)
    this.#flushSoon()
  }

  addEvent(event: LiveEvent): void {
    if (this.#clients.size === 0) return
    this.#refill()
    if (this.#eventBudget >= 1) {
      this.#eventBudget--
      this.#events.push(event)
    } else this.#eventsNotShown++
    this.#flushSoon()
  }

  /** Ends every stream. */
  close(): void {
    clearTimeout(this.#timer)
    this.#flush()
    for (const { response } of this.#clients) response.end()
  }

  #refill(): void {
    const { clock, itemsPerSecond } = this.#options
    const nowMs = clock.monotonicMs()
    const earned = ((nowMs - this.#budgetAtMs) * itemsPerSecond) / 1000
    this.#budgetAtMs = nowMs
    this.#lineBudget = Math.min(itemsPerSecond, this.#lineBudget + earned)
    this.#eventBudget = Math.min(itemsPerSecond, this.#eventBudget + earned)
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => this.#flush(), LIVE_FLUSH_MS)
  }

  #flush(): void {
    this.#timer = undefined
    const [lines, events] = [this.#lines, this.#events]
    const [linesNotShown, eventsNotShown] = [this.#linesNotShown, this.#eventsNotShown]
    this.#lines = []
    this.#events = []
    this.#linesNotShown = 0
    this.#eventsNotShown = 0
    const linesText = JSON.stringify(lines)
    const eventsText = JSON.stringify(events)
    for (const client of this.#clients) {
      if (client.response.writableLength > MAX_LIVE_BUFFER_BYTES) {
        client.missedLines += lines.length + linesNotShown
        client.missedEvents += events.length + eventsNotShown
        continue
      }
      send(client.response, 'lines', linesText, linesNotShown + client.missedLines)
      send(client.response, 'events', eventsText, eventsNotShown + client.missedEvents)
      client.missedLines = 0
      client.missedEvents = 0
    }
  }

  /** A comment, so that a listener can tell silence from absence. */
  #beat(): void {
    for (const { response } of this.#clients) if (response.writableLength === 0) response.write(': alive\n\n')
  }
}

function send(response: ServerResponse, name: 'lines' | 'events', items: string, notShown: number): void {
  if (items === '[]' && notShown === 0) return
  response.write(`event: ${name}\ndata: {"${name}":${items},"notShown":${notShown}}\n\n`)
}
