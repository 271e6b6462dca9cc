import type { Clock } from '@logflow/core'

/**
 * Clients whose header is not there yet. All have the same time, so the oldest is always the next to run out, and one
 * sleeper serves any number of them: nothing is set up per connection but an entry.
 */
export class HeaderDeadlines<Waiting> {
  readonly #deadlines = new Map<Waiting, number>()
  readonly #timeoutMs: number
  readonly #clock: Clock
  readonly #expire: (waiting: Waiting) => void
  readonly #stop = new AbortController()
  #sleeping = false

  constructor(timeoutMs: number, clock: Clock, expire: (waiting: Waiting) => void) {
    this.#timeoutMs = timeoutMs
    this.#clock = clock
    this.#expire = expire
  }

  get size(): number {
    return this.#deadlines.size
  }

  has(waiting: Waiting): boolean {
    return this.#deadlines.has(waiting)
  }

  add(waiting: Waiting): void {
    this.#deadlines.set(waiting, this.#clock.monotonicMs() + this.#timeoutMs)
    if (!this.#sleeping) void this.#watch()
  }

  delete(waiting: Waiting): void {
    this.#deadlines.delete(waiting)
  }

  /** Forgets everybody and returns them. */
  close(): Waiting[] {
    this.#stop.abort()
    const waiting = [...this.#deadlines.keys()]
    this.#deadlines.clear()
    return waiting
  }

  async #watch(): Promise<void> {
    this.#sleeping = true
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        const leftMs = next.deadline - this.#clock.monotonicMs()
        if (leftMs > 0) {
          await this.#clock.sleep(leftMs, { signal: this.#stop.signal })
          continue
        }
        this.#deadlines.delete(next.waiting)
        this.#expire(next.waiting)
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error
    } finally {
      this.#sleeping = false
    }
  }

  #next(): { readonly waiting: Waiting; readonly deadline: number } | undefined {
    for (const [waiting, deadline] of this.#deadlines) return { waiting, deadline }
    return undefined
  }
}
