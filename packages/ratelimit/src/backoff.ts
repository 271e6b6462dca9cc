import { jittered, type Random } from './jitter.ts'

/** Options of {@link Backoff}. */
export interface BackoffOptions {
  /** Upper bound of the first delay. */
  readonly initialMs: number
  /** No delay is longer. */
  readonly maxMs: number
  /** Growth of the bound with each failure, at least 1. @defaultValue 2 */
  readonly multiplier?: number
  /**
   * `'full'`: a delay is anything from 0 to its bound, which spreads a crowd best. A fraction: the bound ± that part
   * of it, still at most `maxMs`. @defaultValue 'full'
   */
  readonly jitter?: 'full' | number
  readonly random: Random
}

/** How long to wait after each failure in a row. */
export class Backoff {
  readonly #options: Required<BackoffOptions>
  #boundMs: number
  #failures = 0

  /** @throws RangeError for bounds that are not positive or a multiplier below 1 */
  constructor({ initialMs, maxMs, multiplier = 2, jitter = 'full', random }: BackoffOptions) {
    if (!(initialMs > 0 && maxMs >= initialMs && Number.isFinite(maxMs))) {
      throw new RangeError(`delays from ${initialMs} to ${maxMs} ms make no sense`)
    }
    if (!(multiplier >= 1)) throw new RangeError(`multiplier is ${multiplier}, must be at least 1`)
    if (jitter !== 'full' && !(jitter >= 0 && jitter <= 1)) throw new RangeError(`jitter is ${jitter}, must be 0 to 1`)
    this.#options = { initialMs, maxMs, multiplier, jitter, random }
    this.#boundMs = initialMs
  }

  /** Failures since the last {@link Backoff.reset}. */
  get failures(): number {
    return this.#failures
  }

  /** One more failure: how long to wait before the next try. */
  nextMs(): number {
    const { maxMs, multiplier, jitter, random } = this.#options
    const boundMs = this.#boundMs
    this.#boundMs = Math.min(boundMs * multiplier, maxMs)
    this.#failures++
    return jitter === 'full' ? boundMs * random() : Math.min(jittered(boundMs, jitter, random), maxMs)
  }

  /** It worked: the next failure waits as little as the first. */
  reset(): void {
    this.#boundMs = this.#options.initialMs
    this.#failures = 0
  }
}
