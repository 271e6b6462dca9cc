import type { Clock, Logger } from '@logflow/core'

/** Shorter than this is what rrtail is there to hide. */
const WORTH_SAYING_MS = 10_000

/** Tells the person about connections that are gone for longer than a moment, once each, and when one is back. */
export class Outage {
  readonly #clock: Clock
  readonly #logger: Logger
  #sinceMs: number | undefined
  #told = false

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock
    this.#logger = logger
  }

  /** A connection failed, the next try is in `delayMs`. */
  failed(err: unknown, delayMs: number): void {
    this.#sinceMs ??= this.#clock.now()
    const outMs = this.#clock.now() - this.#sinceMs
    this.#logger.debug({ event: 'connection.retrying', delayMs, outMs, err })
    if (this.#told || outMs + delayMs < WORTH_SAYING_MS) return
    this.#told = true
    const reason = err instanceof Error ? err.message : String(err)
    const text = `no connection for ${seconds(outMs)}: ${reason}; the next try is in ${seconds(delayMs)}, and so on`
    this.#logger.warn({ event: 'connection.lost', outMs, delayMs, reason }, text)
  }

  /** The server answers. */
  over(offset: number): void {
    if (this.#told && this.#sinceMs !== undefined) {
      const outMs = this.#clock.now() - this.#sinceMs
      const text = `connected again after ${seconds(outMs)}, going on at byte ${offset}`
      this.#logger.warn({ event: 'connection.restored', outMs, offset }, text)
    }
    this.#sinceMs = undefined
    this.#told = false
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
