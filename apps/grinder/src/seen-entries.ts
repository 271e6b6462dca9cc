import type { EntryId } from '@logflow/store'
import { MAX_EPOCHS } from './limits.ts'

/** Last sequence by epoch, by stream, the epoch used last at the end. Plain JSON. */
export type SavedSequences = readonly (readonly [string, readonly (readonly [string, number])[]])[]

/**
 * Tells entries that come again: after a power failure the store may hold one twice under different positions. A
 * sender numbers its batches upwards, so one number per epoch is all that must be kept.
 */
export class SeenEntries {
  readonly #streams: Map<string, Map<string, number>>

  constructor(saved: SavedSequences = []) {
    this.#streams = new Map(saved.map(([stream, epochs]) => [stream, new Map(epochs)]))
  }

  /** Notes the entry. `false` when it was there before. */
  add(stream: string, { epoch, sequence }: EntryId): boolean {
    let epochs = this.#streams.get(stream)
    if (!epochs) this.#streams.set(stream, (epochs = new Map<string, number>()))
    const last = epochs.get(epoch)
    if (last !== undefined && sequence <= last) return false
    epochs.delete(epoch)
    epochs.set(epoch, sequence)
    if (epochs.size > MAX_EPOCHS) {
      for (const oldest of epochs.keys()) {
        epochs.delete(oldest)
        break
      }
    }
    return true
  }

  save(): SavedSequences {
    return [...this.#streams].map(([stream, epochs]) => [stream, [...epochs]] as const)
  }
}
