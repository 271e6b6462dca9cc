import type { EntryId } from './format/entry.ts'
import type { StorePosition } from './position.ts'

/** One append as it was stored. */
export interface StoredEntry {
  readonly kind: 'entry'
  readonly stream: string
  readonly id: EntryId
  /** Wall clock of the store when the append came. */
  readonly receivedAtMs: number
  /** What was appended, byte for byte. */
  readonly bytes: Uint8Array
  /** Where the entry starts. */
  readonly position: StorePosition
  /** Where to go on after it: what a consumer saves. */
  readonly next: StorePosition
}

/** Why a part of a stream is not delivered: its bytes do not check, or retention removed them before they were read. */
export type StoreGapReason = 'damaged' | 'removed'

/** A known loss inside a stream, in order between its entries. `next` is where to go on after it. */
export interface StoreGap {
  readonly kind: 'gap'
  readonly stream: string
  readonly reason: StoreGapReason
  readonly position: StorePosition
  readonly next: StorePosition
}

/** What a scan yields. Consumers switch on `kind`. */
export type StoredItem = StoredEntry | StoreGap
