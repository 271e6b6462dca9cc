import { MAX_SOURCES } from './limits.ts'

/** Something remembered per source, for at most {@link MAX_SOURCES} of them; the one unused for longest is forgotten. */
export class SourceMemory<T> {
  readonly #entries = new Map<string, T>()
  readonly #limit: number

  constructor(limit: number = MAX_SOURCES) {
    this.#limit = limit
  }

  /** What is remembered of the source, or `undefined`. */
  get(sourceId: string): T | undefined {
    const value = this.#entries.get(sourceId)
    if (value !== undefined && this.#entries.size > this.#limit / 2) this.set(sourceId, value)
    return value
  }

  /** Remembers, and forgets the oldest when there are too many. */
  set(sourceId: string, value: T): void {
    this.#entries.delete(sourceId)
    this.#entries.set(sourceId, value)
    if (this.#entries.size <= this.#limit) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }
}
