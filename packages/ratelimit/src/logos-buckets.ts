/** Default of {@link LogosBucketsOptions.bytesPerBurst}: a tenth of a kernel ring of 10 MB. */
export const LOGOS_BYTES_PER_BURST = 1_000_000
/** Default of {@link LogosBucketsOptions.bytesPerDay}: a twentieth of 100 MB. */
export const LOGOS_BYTES_PER_DAY = 5_000_000

const CYCLE_SECONDS = 300
const DAY_SECONDS = 86_400
const REFILL_MS = 1000
const INITIAL_BACKOFF_MS = 5000
const MAX_BACKOFF_MS = 120_000

/** Options of {@link LogosBuckets}. */
export interface LogosBucketsOptions {
  /** Two bursts fit between two uploads. At least 600. @defaultValue 1,000,000 */
  readonly bytesPerBurst?: number
  /** At least 86,400. @defaultValue 5,000,000 */
  readonly bytesPerDay?: number
  /**
   * The original charges a dropped line to the buckets that had room, so that a flood that is dropped by one bucket
   * drains the others. Ours charges only what is accepted. @defaultValue false
   */
  readonly chargeDropped?: boolean
}

/** What becomes of a line: the messages to write before it, in order, and whether it is written itself. */
export interface LogosDecision {
  readonly accepted: boolean
  /** Bodies, to be written with the usual header and their own level; never charged, never dropped. */
  readonly messages: readonly string[]
}

interface Bucket {
  readonly name: 'burst' | 'daily' | 'warning'
  readonly maxBytes: number
  readonly bytesPerSecond: number
  readonly started: string
  readonly ended: (count: number) => string
  available: number
  skipped: number
}

/**
 * The three token buckets of logos: `burst` and `daily` drop, `warning` only says that the rate cannot go on. Pure:
 * the time is passed in, in monotonic milliseconds. The first line, and the first after a change of mode or
 * {@link LogosBuckets.restart}, finds every bucket half full.
 */
export class LogosBuckets {
  readonly #buckets: readonly [burst: Bucket, daily: Bucket, warning: Bucket]
  readonly #chargeDropped: boolean
  #lastRefillMs: number | undefined
  #skipping = false
  #backoffMs = INITIAL_BACKOFF_MS
  #unlimited = false

  /** @throws RangeError below the least values */
  constructor(options: LogosBucketsOptions = {}) {
    const { bytesPerBurst = LOGOS_BYTES_PER_BURST, bytesPerDay = LOGOS_BYTES_PER_DAY, chargeDropped = false } = options
    if (!(bytesPerBurst >= 2 * CYCLE_SECONDS)) throw new RangeError(`bytesPerBurst is ${bytesPerBurst}, at least 600`)
    if (!(bytesPerDay >= DAY_SECONDS)) throw new RangeError(`bytesPerDay is ${bytesPerDay}, at least 86400`)
    this.#buckets = buckets(Math.floor(bytesPerBurst / 2), Math.floor(bytesPerDay))
    this.#chargeDropped = chargeDropped
  }

  /** Whether limits are off. */
  get unlimited(): boolean {
    return this.#unlimited
  }

  /** Bytes left in each bucket; negative after lines without limits. */
  get available(): { readonly burst: number; readonly daily: number; readonly warning: number } {
    const [burst, daily, warning] = this.#buckets
    return { burst: burst.available, daily: daily.available, warning: warning.available }
  }

  /** A line of `cost` bytes (header, cleaned body and newline) at `nowMs`. */
  offer(cost: number, nowMs: number): LogosDecision {
    this.#refill(nowMs)
    const messages: string[] = []
    const short: Bucket[] = []
    for (const bucket of this.#buckets) {
      if (this.#unlimited || bucket.available >= cost) {
        if (bucket.skipped > 0) messages.push(bucket.ended(bucket.skipped))
        bucket.skipped = 0
        if (this.#chargeDropped) bucket.available -= cost
      } else {
        if (bucket.skipped === 0) this.#startSkipping(bucket, short.length === 0, messages)
        bucket.skipped++
        short.push(bucket)
      }
    }
    this.#skipping = short.length > 0
    const accepted = short.every(bucket => bucket.name === 'warning')
    if (accepted && !this.#chargeDropped) {
      for (const bucket of this.#buckets) if (!short.includes(bucket)) bucket.available -= cost
    }
    return { accepted, messages }
  }

  /** Every bucket is half full again for the next line, as after SIGHUP. */
  restart(): void {
    this.#lastRefillMs = undefined
  }

  /** Limits off or on, as after SIGUSR1 and SIGUSR2; the message to write, `undefined` when nothing changed. */
  setUnlimited(unlimited: boolean): string | undefined {
    if (unlimited === this.#unlimited) return undefined
    this.#unlimited = unlimited
    this.restart()
    return unlimited ? 'W: SIGUSR1: rate limit disabled.' : 'W: SIGUSR2: rate limit re-enabled.'
  }

  /** The end of the input: the messages about what is being dropped now, which the original loses. */
  finish(): readonly string[] {
    const messages: string[] = []
    for (const bucket of this.#buckets) {
      if (bucket.skipped > 0) messages.push(bucket.ended(bucket.skipped))
      bucket.skipped = 0
    }
    return messages
  }

  #startSkipping(bucket: Bucket, first: boolean, messages: string[]): void {
    messages.push(bucket.started)
    bucket.available = 0
    if (first && !this.#skipping) this.#backoffMs = Math.min(this.#backoffMs * 2, MAX_BACKOFF_MS)
  }

  /** Not more often than once a second, and while lines are dropped once per backoff: a burst ends for a while. */
  #refill(nowMs: number): void {
    if (this.#lastRefillMs === undefined) {
      for (const bucket of this.#buckets) bucket.available = Math.floor(bucket.maxBytes / 2)
      this.#lastRefillMs = nowMs
      return
    }
    const elapsedMs = nowMs - this.#lastRefillMs
    if (elapsedMs < (this.#skipping ? this.#backoffMs : REFILL_MS)) return
    for (const bucket of this.#buckets) {
      const added = Math.floor((elapsedMs * bucket.bytesPerSecond) / 1000)
      bucket.available = Math.min(bucket.available + added, bucket.maxBytes)
    }
    this.#lastRefillMs = nowMs
  }
}

function buckets(burstBytes: number, dayBytes: number): readonly [Bucket, Bucket, Bucket] {
  const burstRate = Math.floor(burstBytes / CYCLE_SECONDS)
  const dayRate = Math.floor(dayBytes / DAY_SECONDS)
  const empty = { available: 0, skipped: 0 }
  return [
    {
      ...empty,
      name: 'burst',
      maxBytes: burstBytes,
      bytesPerSecond: burstRate,
      started: `W: burst limit: dropping messages to prevent overflow (${burstRate} bytes/sec).`,
      ended: count => `W: burst limit: ${count} messages were dropped.`,
    },
    {
      ...empty,
      name: 'daily',
      maxBytes: dayBytes,
      bytesPerSecond: dayRate,
      started: `W: daily limit: dropping messages (${dayRate} bytes/sec).`,
      ended: count => `W: daily limit: ${count} messages were dropped.`,
    },
    {
      ...empty,
      name: 'warning',
      maxBytes: burstBytes,
      bytesPerSecond: dayRate,
      started: `I: burst notice: this log rate is unsustainable (${dayRate} bytes/sec).`,
      ended: count => `I: burst notice: ${count} messages would have been dropped.`,
    },
  ]
}
