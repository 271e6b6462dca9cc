import type { Clock } from '@logflow/core'

/** One thing that happened: the next item is there, the interval is over, or both. */
export interface PacedStep<T> {
  /** The item, `{ done: true }` at the end, or `undefined` while it is awaited. */
  readonly item: IteratorResult<T, unknown> | undefined
  readonly intervalOver: boolean
}

type Arrival<T> = { readonly result: IteratorResult<T, unknown> } | { readonly error: unknown }

/** An input that is pulled one item at a time, with an interval beside it: whichever comes first ends the wait. */
export class PacedInput<T> {
  readonly #iterator: AsyncIterator<T>
  readonly #intervalMs: number
  readonly #clock: Clock
  readonly #stop = new AbortController()
  #arrived: Arrival<T> | undefined
  #inFlight = false
  #ended = false
  #dueMs = 0
  /** The timer of this interval ended; it may do so a fraction before `#dueMs`. */
  #rang = false
  #wake: (() => void) | undefined

  constructor(input: AsyncIterable<T>, intervalMs: number, clock: Clock) {
    this.#iterator = input[Symbol.asyncIterator]()
    this.#intervalMs = intervalMs
    this.#clock = clock
    this.#startInterval()
  }

  /** Waits for the next item or the end of the interval, and starts the next interval. @throws what the input throws */
  async step(): Promise<PacedStep<T>> {
    this.#pull()
    while (this.#arrived === undefined && !this.#isOver()) await new Promise<void>(wake => (this.#wake = wake))
    // The clock is asked, not the timer: a busy input may not let timers run.
    const intervalOver = this.#isOver()
    if (intervalOver) this.#startInterval()
    return { item: this.#takeArrived(), intervalOver }
  }

  /** Ends the interval and gives the input back; does not wait for an item in flight. */
  async close(): Promise<void> {
    this.#stop.abort()
    if (this.#ended) return
    const returned = this.#iterator.return?.()
    if (this.#inFlight) returned?.catch(() => {})
    else await returned
  }

  #pull(): void {
    if (this.#inFlight || this.#arrived !== undefined) return
    this.#inFlight = true
    this.#iterator.next().then(
      result => this.#arrive({ result }),
      (error: unknown) => this.#arrive({ error }),
    )
  }

  #arrive(arrived: Arrival<T>): void {
    this.#arrived = arrived
    this.#inFlight = false
    this.#wake?.()
  }

  #takeArrived(): IteratorResult<T, unknown> | undefined {
    const arrived = this.#arrived
    this.#arrived = undefined
    if (arrived === undefined) return undefined
    this.#ended = 'error' in arrived || arrived.result.done === true
    if ('error' in arrived) throw arrived.error
    return arrived.result
  }

  #isOver(): boolean {
    return this.#rang || this.#clock.monotonicMs() >= this.#dueMs
  }

  #startInterval(): void {
    const dueMs = this.#clock.monotonicMs() + this.#intervalMs
    this.#dueMs = dueMs
    this.#rang = false
    const ring = (): void => {
      if (this.#dueMs === dueMs) this.#rang = true
      this.#wake?.()
    }
    this.#clock.sleep(this.#intervalMs, { signal: this.#stop.signal }).then(ring, ring)
  }
}
