/** How many lines and events came in each of the last seconds. */
export interface Rates {
  /** Lines per second, oldest first; the last entry is the last whole second. */
  readonly lines: readonly number[]
  readonly events: readonly number[]
}

/** Counts per second over a window that moves on by itself; seconds in which nothing came are zeros. */
export class RateHistory {
  readonly #seconds: number
  #lines: number[]
  #events: number[]
  #second: number

  constructor(nowMs: number, seconds = 120) {
    this.#seconds = seconds
    this.#second = Math.floor(nowMs / 1000)
    this.#lines = new Array<number>(seconds + 1).fill(0)
    this.#events = new Array<number>(seconds + 1).fill(0)
  }

  add(nowMs: number, lines: number, events: number): void {
    this.#advance(nowMs)
    this.#lines[this.#seconds] = (this.#lines[this.#seconds] ?? 0) + lines
    this.#events[this.#seconds] = (this.#events[this.#seconds] ?? 0) + events
  }

  /** The whole seconds of the window; the one that is under way is left out. */
  rates(nowMs: number): Rates {
    this.#advance(nowMs)
    return { lines: this.#lines.slice(0, -1), events: this.#events.slice(0, -1) }
  }

  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1000)
    // A clock that was set back stays in its second until time catches up.
    const steps = Math.min(Math.max(0, second - this.#second), this.#seconds + 1)
    if (steps === 0) return
    this.#second = second
    const zeros = new Array<number>(steps).fill(0)
    this.#lines = [...this.#lines.slice(steps), ...zeros]
    this.#events = [...this.#events.slice(steps), ...zeros]
  }
}
