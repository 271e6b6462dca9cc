/** Runs one work after another. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Whether nothing is being done, or waits to be. */
  get idle(): boolean {
    return this.#waiting === 0
  }

  /** Does `work` when all that came before is done. Errors are the caller's, and do not stop the next. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#waiting++
    const done = (): void => void this.#waiting--
    this.#last = result.then(done, done)
    return result
  }
}
