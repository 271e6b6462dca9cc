import type { Clock, Logger } from '@logflow/core'

/**
 * Why a client was sent away. `limit`: too many clients. `timeout`: no header in time. `header`: not a header, or one
 * this server cannot answer. `path`: not served. `behind`: too many rotations behind.
 */
export type RefusalReason = 'limit' | 'timeout' | 'header' | 'path' | 'behind'

/** Counts refusals by reason and logs at most one a second, with how many were not logged. */
export class Refusals {
  readonly #counts: Record<RefusalReason, number> = { limit: 0, timeout: 0, header: 0, path: 0, behind: 0 }
  readonly #logger: Logger
  readonly #clock: Clock
  #loggedMs = -Infinity
  #suppressed = 0

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger
    this.#clock = clock
  }

  count(
    reason: RefusalReason,
    facts: { readonly peer?: string | undefined; readonly why?: string | undefined } = {},
  ): void {
    this.#counts[reason]++
    const now = this.#clock.monotonicMs()
    if (now - this.#loggedMs < 1000) {
      this.#suppressed++
      return
    }
    this.#logger.warn({ event: 'client.refused', reason, ...facts, suppressed: this.#suppressed })
    this.#loggedMs = now
    this.#suppressed = 0
  }

  /** Refusals so far, by reason. */
  get counts(): Readonly<Record<RefusalReason, number>> {
    return this.#counts
  }
}
