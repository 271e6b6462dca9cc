import type { Clock, LineBatch } from '@logflow/core'
import { encodeAggregate, type MapCommand } from '@logflow/protocol'
import { Aggregator, parseQuery, planQuery } from '@logflow/query'

/** Options of {@link RunningQuery}. */
export interface RunningQueryOptions {
  readonly hostname: string
  readonly defaultLogFormat: string
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly write: (bytes: Uint8Array) => Promise<void>
}

/** The query of a session: what the reads of the session find goes in, groups go to the client at every interval. */
export class RunningQuery {
  readonly #aggregator: Aggregator
  readonly #options: RunningQueryOptions
  readonly #intervalMs: number
  readonly #finish = new AbortController()
  #started = false

  /** @throws QueryError when the text is no query */
  constructor(command: MapCommand, options: RunningQueryOptions) {
    const query = parseQuery(command.query)
    const plan = planQuery(query, { defaultLogFormat: options.defaultLogFormat })
    this.#aggregator = new Aggregator(plan, { hostname: options.hostname })
    this.#options = options
    this.#intervalMs = query.intervalMs
  }

  add(batch: LineBatch): void {
    this.#aggregator.add(batch)
  }

  /** The input is exhausted: the last groups go out and {@link run} returns. */
  finish(): void {
    this.#finish.abort()
  }

  /** Sends groups until {@link finish} or the end of the session. */
  async run(): Promise<void> {
    if (this.#started) throw new Error('BUG: a query runs once')
    this.#started = true
    const signal = AbortSignal.any([this.#options.signal, this.#finish.signal])
    while (!signal.aborted) {
      await this.#options.clock.sleep(this.#intervalMs, { signal }).catch(() => {}) // ended by either signal
      if (!this.#options.signal.aborted) await this.#send()
    }
  }

  async #send(): Promise<void> {
    for (const group of this.#aggregator.take()) {
      const bytes = encodeAggregate(this.#options.hostname, group)
      if (bytes.length > 0) await this.#options.write(bytes)
    }
  }
}
