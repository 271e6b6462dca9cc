import type { AbortOptions } from '@logflow/core'

/** So many at one time; the rest waits in the order of asking. */
export class Limiter {
  readonly #max: number
  readonly #waiting: (() => void)[] = []
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
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(signal?.reason as Error)
      }
      const enter = (): void => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      this.#waiting.push(enter)
      signal?.addEventListener('abort', abort, { once: true })
    })
  }
}
