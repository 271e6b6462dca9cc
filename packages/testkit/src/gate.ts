interface Waiting {
  readonly run: () => void
}

/**
 * Lets operations happen one by one, when a scheduler says so: whoever calls `pass` waits until there is credit. What
 * is decided inside happens at that moment, not at the moment of the call, as system calls of another thread would.
 */
export class Gate {
  #waiting: Waiting[] = []
  #credit = 0
  #passed = 0
  #closed = false

  /** How many operations have happened. */
  get passed(): number {
    return this.#passed
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Does `work` when it is let through. Never resolves once the gate is closed: its caller has crashed. */
  pass<T>(work: () => T): Promise<T> {
    if (this.#closed) return new Promise(() => {})
    return new Promise((resolve, reject) => {
      const run = (): void => {
        this.#passed++
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      }
      if (this.#credit > 0) {
        this.#credit--
        run()
      } else this.#waiting.push({ run })
    })
  }

  /** Lets `credit` operations through, those that wait first. What is left of it is for those that come next. */
  open(credit: number): void {
    this.#credit = credit
    while (this.#credit > 0 && this.#waiting.length > 0) {
      this.#credit--
      this.#waiting.shift()?.run()
    }
  }

  /** Nothing more goes through until it is opened again. */
  shut(): void {
    this.#credit = 0
  }

  /** Nothing goes through any more, ever. */
  close(): void {
    this.#closed = true
    this.#credit = 0
    this.#waiting = []
  }
}

/** Lets everything run that is ready. */
export function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
