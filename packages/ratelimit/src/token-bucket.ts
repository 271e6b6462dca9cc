import type { AbortOptions, Clock } from '@logflow/core'
import { RatelimitError } from './errors.ts'

/** Options of {@link TokenBucket}. */
export interface TokenBucketOptions {
  /** Tokens that come back per second. */
  readonly perSecond: number
  /** Tokens held at most, and at the start. */
  readonly burst: number
  readonly clock: Clock
}

interface Waiter {
  readonly wake: () => void
}

/**
 * Decides, in constant memory, whether the next `n` tokens may go now. Over any `t` seconds at most
 * `burst + t * perSecond` go.
 */
export class TokenBucket {
  readonly #perMs: number
  readonly #burst: number
  readonly #clock: Clock
  readonly #waiters: Waiter[] = []
  #tokens: number
  #filledMs: number

  /** @throws RangeError for a rate or burst that is not positive and finite */
  constructor({ perSecond, burst, clock }: TokenBucketOptions) {
    if (!(perSecond > 0 && Number.isFinite(perSecond)))
      throw new RangeError(`perSecond is ${perSecond}, must be positive`)
    if (!(burst > 0 && Number.isFinite(burst))) throw new RangeError(`burst is ${burst}, must be positive`)
    this.#perMs = perSecond / 1000
    this.#burst = burst
    this.#clock = clock
    this.#tokens = burst
    this.#filledMs = clock.monotonicMs()
  }

  /** Those that wait in {@link TokenBucket.take}. */
  get waiting(): number {
    return this.#waiters.length
  }

  /** Takes `n` tokens if they are there and nobody waits before. @throws RangeError unless `n` >= 0 */
  tryTake(n: number): boolean {
    checkTokens(n)
    return this.#waiters.length === 0 && this.#takeNow(n)
  }

  /** How long until `n` tokens are there, if nobody takes any: 0 when they are, Infinity beyond `burst`. */
  waitMs(n: number): number {
    checkTokens(n)
    if (n > this.#burst) return Infinity
    this.#fill()
    return this.#tokens >= n ? 0 : Math.ceil((n - this.#tokens) / this.#perMs)
  }

  /**
   * Takes `n` tokens as soon as they are there. Served in the order of the calls; an aborted one gives its place up.
   *
   * @throws RatelimitError `LF_RATELIMIT_TOO_LARGE` for more than `burst`
   */
  async take(n: number, { signal }: AbortOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    checkTokens(n)
    if (n > this.#burst) {
      throw new RatelimitError('LF_RATELIMIT_TOO_LARGE', `${n} tokens can never be there, burst is ${this.#burst}`, {
        detail: { asked: n, burst: this.#burst },
      })
    }
    const waiter = await this.#waitForTurn(signal)
    try {
      while (!this.#takeNow(n)) await this.#clock.sleep(this.waitMs(n), { signal })
    } finally {
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
      this.#waiters[0]?.wake()
    }
  }

  /** In the queue, and at its head when it resolves. */
  async #waitForTurn(signal: AbortSignal | undefined): Promise<Waiter> {
    let wake!: () => void
    const turn = new Promise<void>(resolve => (wake = resolve))
    const waiter: Waiter = { wake }
    this.#waiters.push(waiter)
    if (this.#waiters[0] === waiter) return waiter
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        this.#waiters[0]?.wake() // the turn may have come in the meantime: it is not lost
        reject(signal?.reason as Error)
      }
      signal?.addEventListener('abort', abort, { once: true })
      void turn.then(() => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
    })
    return waiter
  }

  #takeNow(n: number): boolean {
    this.#fill()
    if (this.#tokens < n) return false
    this.#tokens -= n
    return true
  }

  /** A clock that goes back adds nothing. */
  #fill(): void {
    const nowMs = this.#clock.monotonicMs()
    if (nowMs <= this.#filledMs) return
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#filledMs) * this.#perMs)
    this.#filledMs = nowMs
  }
}

function checkTokens(n: number): void {
  if (!(n >= 0)) throw new RangeError(`cannot take ${n} tokens`)
}
