import type { Clock } from '@logflow/core'

interface Sleeper {
  readonly atMs: number
  readonly wake: () => void
}

/** A clock that stands still until it is told to move on. */
export class FakeClock implements Clock {
  #ms = 0
  #epochMs: number
  #sleepers: Sleeper[] = []

  /** `epochMs` is what `now` begins at. */
  constructor(epochMs = Date.UTC(2026, 0, 1)) {
    this.#epochMs = epochMs
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  now(): number {
    return this.#epochMs + this.#ms
  }

  monotonicMs(): number {
    return this.#ms
  }

  sleep(ms: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const abort = (): void => {
        this.#sleepers = this.#sleepers.filter(other => other !== sleeper)
        reject(signal?.reason)
      }
      const sleeper: Sleeper = {
        atMs: this.#ms + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#sleepers.push(sleeper)
    })
  }

  /** Moves on by `ms`, waking everybody at their time and in order; what they start before that end also counts. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#ms + ms
    for (;;) {
      await settle()
      const next = this.#sleepers.reduce<Sleeper | undefined>(earlier, undefined)
      if (!next || next.atMs > endMs) break
      this.#sleepers = this.#sleepers.filter(other => other !== next)
      this.#ms = Math.max(this.#ms, next.atMs)
      next.wake()
    }
    this.#ms = endMs
    await settle()
  }

  /** Lets `now` jump, as clocks of machines do; durations do not notice. */
  jump(ms: number): void {
    this.#epochMs += ms
  }
}

function earlier(best: Sleeper | undefined, next: Sleeper): Sleeper {
  return best && best.atMs <= next.atMs ? best : next
}

/** Lets everything that is ready run, promises of timers and I/O callbacks too. */
function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
