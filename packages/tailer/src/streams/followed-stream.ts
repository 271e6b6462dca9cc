import type { Delivery } from '@logflow/core'

/**
 * Deliveries that come by themselves, handed out one at a time to whoever has its turn. The next one is asked for when
 * the last was taken, so that a stream waits for its consumer as files do.
 */
export class FollowedStream {
  readonly #deliveries: AsyncIterator<Delivery, void, undefined>
  readonly #stopped: AbortController
  readonly #wake: () => void
  #item: Delivery | undefined
  #asked: Promise<void> | undefined
  #over = false
  #error: unknown

  /** `stopped` ends the deliveries where they wait; `wake` is called when there is something to take. */
  constructor(deliveries: AsyncIterator<Delivery, void, undefined>, stopped: AbortController, wake: () => void) {
    this.#deliveries = deliveries
    this.#stopped = stopped
    this.#wake = wake
    this.#asked = this.#ask()
  }

  /** Whether nothing comes any more, and all was taken. */
  get over(): boolean {
    return this.#over
  }

  /** Why it is over, unless it ended. */
  get error(): unknown {
    return this.#error
  }

  /** Whether something can be taken. */
  get ready(): boolean {
    return this.#item !== undefined
  }

  /** The delivery that came; the next one is asked for. */
  take(): Delivery | undefined {
    const item = this.#item
    this.#item = undefined
    if (item) this.#asked = this.#ask()
    return item
  }

  /** Ends it. Resolves when it holds nothing any more. */
  async close(): Promise<void> {
    this.#item = undefined
    this.#stopped.abort()
    await this.#asked
    await this.#deliveries.return?.()
  }

  async #ask(): Promise<void> {
    try {
      const { value, done } = await this.#deliveries.next()
      if (done === true) this.#over = true
      else this.#item = value
    } catch (error) {
      this.#over = true
      if (!this.#stopped.signal.aborted) this.#error = error
    }
    this.#wake()
  }
}
