import type { EntryId } from './format/entry.ts'
import { MAX_EPOCHS } from './limits.ts'

/** The last durable sequence of each epoch of one stream, for the epochs used last. */
export class LastSequences {
  readonly #last = new Map<string, number>()

  constructor(ids: Iterable<EntryId> = []) {
    for (const id of ids) this.record(id)
  }

  /** Whether `id` was recorded, or one after it: within an epoch appends come in order. */
  has({ epoch, sequence }: EntryId): boolean {
    return sequence <= (this.#last.get(epoch) ?? -1)
  }

  record({ epoch, sequence }: EntryId): void {
    const last = Math.max(sequence, this.#last.get(epoch) ?? -1)
    this.#last.delete(epoch) // put it last: a Map keeps the order of insertion
    this.#last.set(epoch, last)
    if (this.#last.size > MAX_EPOCHS) this.#last.delete(this.#last.keys().next().value as string)
  }

  /** Least recently used first, as the constructor takes them. */
  list(): EntryId[] {
    return [...this.#last].map(([epoch, sequence]) => ({ epoch, sequence }))
  }
}
