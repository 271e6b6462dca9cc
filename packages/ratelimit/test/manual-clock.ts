import type { Clock } from '@logflow/core'

interface Sleeper {
  readonly untilMs: number
  readonly wake: () => void
}

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #nowMs = 0
  #sleepers: Sleeper[] = []

  now(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  sleep(ms: number, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      const sleeper: Sleeper = { untilMs: this.#nowMs + ms, wake: resolve }
      this.#sleepers.push(sleeper)
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter(other => other !== sleeper)
        reject(signal.reason as Error)
      })
    })
  }

  /** Moves on (or back) and lets everything that was due run. */
  async advance(ms: number): Promise<void> {
    this.#nowMs += ms
    for (;;) {
      for (let i = 0; i < 20; i++) await Promise.resolve()
      const due = this.#sleepers.filter(({ untilMs }) => untilMs <= this.#nowMs)
      if (due.length === 0) return
      this.#sleepers = this.#sleepers.filter(sleeper => !due.includes(sleeper))
      for (const { wake } of due) wake()
    }
  }
}
