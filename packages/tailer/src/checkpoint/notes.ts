import type { Delivery, Gap, LineBatch } from '@logflow/core'
import type { Checkpoint } from './checkpoint.ts'
import { eventOf, truncationOf } from '../events.ts'
import type { Generation } from '../generation/generation.ts'
import { formatHorizon, type Horizon } from '../search/horizon.ts'
import { claimKeyOf, formatCutOff } from '../identity/identity.ts'
import { beganNs } from '../names/listing.ts'

/** Notes in a checkpoint, if there is one, what its next reader needs: the proof of every delivery. */
export class Notes {
  readonly #checkpoint: Checkpoint | undefined

  constructor(checkpoint: Checkpoint | undefined) {
    this.#checkpoint = checkpoint
  }

  /**
   * For the next run: what is younger than the last look at the folder, and what comes after this in the queue, is still
   * to be read.
   */
  describe(generation: Generation, seen: Horizon, after: readonly Generation[]): void {
    if (!this.#checkpoint) return
    if (after.length === 0) return this.#checkpoint.describe(generation.source.id, formatHorizon(seen))
    const awaited = new Set([...(seen.awaited ?? []), ...after.map(({ identity }) => claimKeyOf(identity))])
    // Packed meanwhile, these are other files, which keep the time of the last write.
    const packedNs = after.map(({ identity }) => beganNs(identity)).reduce((a, b) => (b < a ? b : a), seen.packedNs)
    this.#checkpoint.describe(generation.source.id, formatHorizon({ ...seen, awaited, packedNs }))
  }

  /** What was found goes to the items. */
  take(generation: Generation, found: readonly Delivery[], items: Delivery[]): void {
    for (const [at, item] of found.entries()) {
      if (item.kind !== 'event') this.#note(generation, item, found[at + 1])
      items.push(item)
    }
  }

  /** The open last line of a generation that ends. */
  flushed(generation: Generation): Delivery[] {
    return this.#last(generation, generation.flush())
  }

  /** What there is of a last line whose rest is awaited. */
  openLine(generation: Generation): Delivery[] {
    return this.#last(generation, generation.flush({ goesOn: true }))
  }

  #last(generation: Generation, last: LineBatch | Gap | undefined): Delivery[] {
    if (!last) return []
    this.#note(generation, last)
    return [last]
  }

  /** It was read to its end, which is delivered with this; its name belongs to another since `nowMs`. */
  rotated({ source, offset }: Generation, nowMs: number): void {
    this.#checkpoint?.complete(source.id, offset, nowMs)
  }

  /** How a generation ends for which nothing more is awaited: of a file that is nowhere to be found, or only as a copy, what is known is lost. */
  ended(generation: Generation): Delivery[] {
    const { source, gone, copy, knownSize: to } = generation
    const items = this.flushed(generation)
    const from = generation.offset
    if (!(gone || copy) || to <= from) this.#checkpoint?.complete(source.id, from)
    else {
      this.#checkpoint?.note(source.id, to, formatCutOff(generation.token))
      items.push({ kind: 'gap', source, from, to, reason: 'unreadable' })
    }
    return [...items, eventOf(generation, 'ended')]
  }

  /** How a truncated generation ends. An acknowledged gap must not be taken for a place to go on at. */
  cutOff(generation: Generation, next: Generation | undefined, whole = false): Delivery[] {
    const end = whole ? generation.offset : generation.knownSize
    this.#checkpoint?.note(generation.source.id, end, formatCutOff(generation.token))
    return truncationOf(generation, next, end)
  }

  #note(generation: Generation, item: LineBatch | Gap, next?: Delivery): void {
    const end = item.kind === 'gap' ? item.to : item.offset + item.bytes.length
    this.#checkpoint?.note(generation.source.id, end, generation.proofOf(item, next))
  }
}
