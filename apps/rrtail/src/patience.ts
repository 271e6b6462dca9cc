import { RrtailError } from './errors.ts'

/** How long a connection may say nothing. */
export interface PatienceOptions {
  /** Until it has said something for the first time: connecting, logging in. */
  readonly firstMs: number
  /** Afterwards; `Infinity` for a server that gives no signs of life. */
  readonly silenceMs: number
  /** After something that may have killed it. */
  readonly hurryMs: number
}

/**
 * Takes what a server sends, and gives up when it says nothing for too long. Only the time in which somebody waits for it
 * counts: a reader that is slow itself does not hold that against the server.
 */
export class Patience {
  readonly #options: PatienceOptions
  #heard = false
  #hurried = false
  #timer: NodeJS.Timeout | undefined
  #giveUp: ((error: Error) => void) | undefined

  constructor(options: PatienceOptions) {
    this.#options = options
  }

  /** From now on, until something comes, little silence is enough. */
  hurry(): void {
    this.#hurried = true
    if (this.#giveUp) this.#arm()
  }

  /** Passes chunks on. @throws RrtailError `LF_RRTAIL_CONNECTION` after too long a silence */
  async *listen(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = chunks[Symbol.asyncIterator]()
    try {
      for (;;) {
        const item = await this.#waitFor(iterator.next())
        if (item.done === true) return
        this.#heard = true
        this.#hurried = false
        yield item.value
      }
    } finally {
      // Not waited for: behind a read that never ends it would not come.
      iterator.return?.().catch(() => {})
    }
  }

  async #waitFor<T>(next: Promise<T>): Promise<T> {
    const silence = new Promise<never>((_, reject) => (this.#giveUp = reject))
    this.#arm()
    try {
      return await Promise.race([next, silence])
    } finally {
      this.#giveUp = undefined
      clearTimeout(this.#timer)
    }
  }

  #arm(): void {
    const { firstMs, silenceMs, hurryMs } = this.#options
    const ms = this.#hurried ? hurryMs : this.#heard ? silenceMs : firstMs
    clearTimeout(this.#timer)
    if (ms === Infinity) return
    const giveUp = this.#giveUp
    this.#timer = setTimeout(
      () => giveUp?.(new RrtailError('LF_RRTAIL_CONNECTION', `nothing came for ${ms / 1000} s`)),
      ms,
    )
  }
}
