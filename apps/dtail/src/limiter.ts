import type { AbortOptions } from '@logflow/core'

/** So many at one time; the rest waits in the order of asking. */
export class Limiter {
  readonly #max: number
  readonly #waiting: (() => void)[] = []
  readonly #leavers = new WeakMap<AbortSignal, Map<() => void, () => void>>()
  #taken = 0

  constructor(max: number) {
    this.#max = max
  }

  /** Whether the next {@link take} has to wait. */
  get full(): boolean {
    return this.#taken >= this.#max
  }

  /** Resolves with the function that gives the place back. @throws the signal's reason; then no place was taken */
  async take({ signal }: AbortOptions = {}): Promise<() => void> {
    signal?.throwIfAborted()
    if (this.full) await this.#wait(signal)
    else this.#taken++
    let released = false
    return () => {
      if (released) return
      released = true
      const next = this.#waiting.shift()
      // The place goes to whoever waits longest, without becoming free in between.
      if (next) next()
      else this.#taken--
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leavers = signal && this.#leaversOf(signal)
      const enter = (): void => {
        leavers?.delete(enter)
        resolve()
      }
      this.#waiting.push(enter)
      leavers?.set(enter, () => reject(signal?.reason as Error))
    })
  }

  /** Those that leave when the signal aborts. One listener serves all of them, or a thousand would look for each other. */
  #leaversOf(signal: AbortSignal): Map<() => void, () => void> {
    const known = this.#leavers.get(signal)
    if (known) return known
    const leavers = new Map<() => void, () => void>()
    this.#leavers.set(signal, leavers)
    signal.addEventListener('abort', () => this.#leave(leavers), { once: true })
    return leavers
  }

  #leave(leavers: ReadonlyMap<() => void, () => void>): void {
    const left = this.#waiting.splice(0)
    this.#waiting.push(...left.filter(enter => !leavers.has(enter)))
    for (const enter of left) leavers.get(enter)?.()
  }
}
