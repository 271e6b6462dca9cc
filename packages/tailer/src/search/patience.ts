import type { Clock } from '@logflow/core'

/** Names beside a file are waited for so long, as they may never rest. */
const PATIENCE_MS = 10_000

/** How long something is waited for that may never come. */
export class Patience {
  readonly #clock: Clock
  #sinceMs: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether to wait on, for what is still `awaited` or not. */
  waits(awaited: boolean): boolean {
    const nowMs = this.#clock.monotonicMs()
    this.#sinceMs = awaited ? (this.#sinceMs ?? nowMs) : undefined
    return this.#sinceMs !== undefined && nowMs - this.#sinceMs < PATIENCE_MS
  }
}
