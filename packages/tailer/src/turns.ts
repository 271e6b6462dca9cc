/** Runs one work after another. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Does `work` when all that came before is done. Errors are the caller's, and do not stop the next. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => {})
    return result
  }
}
