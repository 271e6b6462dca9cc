import type { Delivery, LineBatch } from '@logflow/core'
import type { Checkpoint } from './checkpoint.ts'
import { truncationOf } from './events.ts'
import type { Generation } from './generation.ts'
import { formatHorizon, type Horizon } from './horizon.ts'
import { formatCutOff } from './identity.ts'

/** Notes in a checkpoint, if there is one, what its next reader needs: the proof of every delivery. */
export class Notes {
  readonly #checkpoint: Checkpoint | undefined

  constructor(checkpoint: Checkpoint | undefined) {
    this.#checkpoint = checkpoint
  }

  /** For the next run: what is younger than the last look at the folder was not taken up before this one. */
  describe({ source }: Generation, seen: Horizon): void {
    this.#checkpoint?.describe(source.id, formatHorizon(seen))
  }

  /** What was found goes to the items. */
  take(generation: Generation, found: readonly Delivery[], items: Delivery[]): void {
    for (const item of found) {
      if (item.kind === 'lines') this.#note(generation, item)
      items.push(item)
    }
  }

  /** The open last line of a generation that ends. */
  flushed(generation: Generation): LineBatch[] {
    const last = generation.flush()
    if (!last) return []
    this.#note(generation, last)
    return [last]
  }

  /** How a truncated generation ends. An acknowledged gap must not be taken for a place to go on at. */
  cutOff(generation: Generation, next: Generation | undefined, whole = false): Delivery[] {
    const end = whole ? generation.offset : generation.knownSize
    this.#checkpoint?.note(generation.source.id, end, formatCutOff(generation.token))
    return truncationOf(generation, next, end)
  }

  #note(generation: Generation, batch: LineBatch): void {
    this.#checkpoint?.note(generation.source.id, batch.offset + batch.bytes.length, generation.proofOf(batch))
  }
}
