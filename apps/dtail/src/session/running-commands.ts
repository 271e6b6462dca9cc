/** Commands at one time; more are read when some are done, so that nobody fills the memory with them. */
const MAX_RUNNING = 10_000

/** What a session is working on. */
export class RunningCommands {
  #count = 0
  #finished: (() => void) | undefined

  /** Whether there is nothing. */
  get none(): boolean {
    return this.#count === 0
  }

  /** Counts `work` until it is over, and passes on how it ended. */
  async track(work: Promise<unknown>): Promise<void> {
    this.#count++
    try {
      await work
    } finally {
      this.#count--
      this.#finished?.()
    }
  }

  /** Resolves when there is room for more. @param gone - after which room does not matter any more */
  async room(gone: Promise<void>): Promise<void> {
    let over = false
    const end = (): void => {
      over = true
      this.#finished?.()
    }
    if (this.#count < MAX_RUNNING) return
    void gone.then(end, end)
    while (this.#count >= MAX_RUNNING && !over) await new Promise<void>(resolve => (this.#finished = resolve))
  }
}
