import { setImmediate } from 'node:timers'

/** Blocks between two looks at what else happened. */
const BLOCKS_PER_TURN = 32

/** Lets signals and timers in now and then: reading and writing a file that is in memory never waits by itself. */
export class Pace {
  readonly #signal: AbortSignal
  #blocks = 0

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** After each block. @throws the signal's reason */
  step(): Promise<void> | undefined {
    return ++this.#blocks % BLOCKS_PER_TURN === 0 ? this.#turn() : undefined
  }

  async #turn(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    this.#signal.throwIfAborted()
  }
}
