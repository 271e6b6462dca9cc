import type { Clock } from '@logflow/core'

/** A flag that one waiter sleeps on: set while nobody waits, it ends the next wait at once. */
export class Wakeup {
  #set = false
  #waiter: (() => void) | undefined

  /** Ends the wait, or the next one. */
  wake(): void {
    this.#set = true
    this.#waiter?.()
  }

  /** Resolves when woken, or after `ms` when that is given. Rejects with the signal's reason. */
  async wait(ms: number | undefined, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    const ended = new AbortController()
    if (!this.#set) {
      if (ms !== undefined)
        clock.sleep(ms, { signal: ended.signal }).then(
          () => this.#waiter?.(),
          () => {},
        )
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => reject(signal?.reason)
        signal?.addEventListener('abort', abort, { once: true, signal: ended.signal })
        this.#waiter = resolve
      }).finally(() => {
        this.#waiter = undefined
        ended.abort('woken') // a reason of its own saves an error with its stack, each time
      })
    }
    this.#set = false
  }
}
