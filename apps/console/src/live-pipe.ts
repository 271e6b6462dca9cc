import type { Clock } from '@logflow/core'
import { encodeEvent, type StreamMessage } from './event-stream.ts'
import type { GrinderItem } from './grinder-feed.ts'
import type { LiveHub } from './live-hub.ts'
import { RateHistory } from './rate-history.ts'

/** Options of {@link LivePipe}. */
export interface LivePipeOptions {
  readonly hub: LiveHub
  readonly clock: Clock
  /** URL of the grinder as pages show it; `undefined` when there is none. */
  readonly grinder: string | undefined
}

/** What the pipe did so far. */
export interface LivePipeStats {
  /** 1 while the grinder is heard. */
  readonly grinderConnected: number
  readonly lines: number
  readonly events: number
  /** Messages of the grinder that nobody could read. */
  readonly malformedMessages: number
}

/** Characters of recent messages that a new page starts with, so that it is not empty while nothing happens. */
const MAX_RECENT_CHARACTERS = 64 * 1024

/** Takes what the grinder says, counts it by second, and passes it on to the pages. */
export class LivePipe {
  readonly #options: LivePipeOptions
  readonly #rates: RateHistory
  readonly #recent: string[] = []
  #recentCharacters = 0
  #connected = false
  #reason: string | undefined
  #lines = 0
  #events = 0
  #malformedMessages = 0

  constructor(options: LivePipeOptions) {
    this.#options = options
    this.#rates = new RateHistory(options.clock.now())
  }

  /** Passes on until the feed ends. */
  async run(feed: AsyncIterable<GrinderItem>): Promise<void> {
    for await (const item of feed) {
      if (item.kind === 'message') this.#pass(item.message)
      else this.#enter(item.kind === 'connected', item.kind === 'connected' ? undefined : item.reason)
    }
  }

  /** Tells the pages the rates, once per second. */
  async tick(signal: AbortSignal): Promise<void> {
    const { clock, hub } = this.#options
    while (!signal.aborted) {
      await clock.sleep(1000 - (clock.now() % 1000), { signal }).catch(() => {})
      if (!signal.aborted) hub.broadcast('rates', this.#ratesText())
    }
  }

  /** The messages a new page starts with. */
  greeting(): string {
    const recent = this.#recent.join('')
    return encodeEvent('grinder', this.#grinderText()) + recent + encodeEvent('rates', this.#ratesText())
  }

  stats(): LivePipeStats {
    return {
      grinderConnected: this.#connected ? 1 : 0,
      lines: this.#lines,
      events: this.#events,
      malformedMessages: this.#malformedMessages,
    }
  }

  #pass({ name, data }: StreamMessage): void {
    if (name !== 'lines' && name !== 'events') return
    let body: { lines?: unknown; events?: unknown; notShown?: unknown }
    try {
      body = JSON.parse(data) as typeof body
    } catch {
      this.#malformedMessages++
      return
    }
    const shown = body[name]
    if (!Array.isArray(shown)) {
      this.#malformedMessages++
      return
    }
    const count = shown.length + (typeof body.notShown === 'number' ? body.notShown : 0)
    if (name === 'lines') this.#lines += count
    else this.#events += count
    this.#rates.add(this.#options.clock.now(), name === 'lines' ? count : 0, name === 'events' ? count : 0)
    // Written anew, so that no line break of the sender can begin a message of its own.
    const text = JSON.stringify(body)
    this.#options.hub.broadcast(name, text, count)
    this.#remember(encodeEvent(name, text))
  }

  #remember(message: string): void {
    this.#recent.push(message)
    this.#recentCharacters += message.length
    while (this.#recentCharacters > MAX_RECENT_CHARACTERS) this.#recentCharacters -= this.#recent.shift()?.length ?? 0
  }

  #enter(connected: boolean, reason: string | undefined): void {
    this.#connected = connected
    this.#reason = reason
    this.#options.hub.broadcast('grinder', this.#grinderText())
  }

  #grinderText(): string {
    return JSON.stringify({ url: this.#options.grinder, connected: this.#connected, reason: this.#reason })
  }

  #ratesText(): string {
    return JSON.stringify(this.#rates.rates(this.#options.clock.now()))
  }
}
