import type { Clock, Logger } from '@logflow/core'

const REASONS = [
  'limit',
  'address',
  'forbidden',
  'tls',
  'timeout',
  'header',
  'path',
  'resume',
  'behind',
  'stalled',
] as const

/**
 * Why a client was sent away. `limit`: too many clients, `address`: of one address. `forbidden`: not on the allow list, or
 * without the certificate. `tls`: no handshake. `timeout`: no header in time. `header`: not a header, or one this server
 * cannot answer. `path`: not served. `resume`: the file of a token is gone. `behind`: too many rotations behind.
 * `stalled`: took no byte for too long.
 */
export type RefusalReason = (typeof REASONS)[number]

/** Counts refusals by reason and logs at most one a second, with how many were not logged. */
export class Refusals {
  readonly #counts = Object.fromEntries(REASONS.map(reason => [reason, 0])) as Record<RefusalReason, number>
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
