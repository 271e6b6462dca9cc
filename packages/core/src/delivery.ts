import { CoreError } from './errors.ts'
import type { JsonObject } from './json.ts'
import type { Source } from './source.ts'

/**
 * A run of whole lines of one source, as they lie in the file. Handed over: the producer never writes to `bytes` again.
 */
export interface LineBatch {
  readonly kind: 'lines'
  readonly source: Source
  /** Offset in the source of `bytes[0]`, when the batch is contiguous; a selection carries `offsets` per line instead. */
  readonly offset: number
  readonly bytes: Uint8Array
  /** Exclusive end of each line in `bytes`, its `\n` included; the last line of an ended source may lack it. */
  readonly ends: Uint32Array
  /** 1-based number of the first line within the current read; 0 when lines are not counted. */
  readonly firstLine: number
  /**
   * Present when a line is only a piece of one, because it is longer than a limit or has no newline yet: for each line
   * 0 when it is whole, else `PIECE_BEGUN` (1), `PIECE_GOES_ON` (2) or both. No byte of such a line is missing.
   */
  readonly pieces?: Uint8Array | undefined
  /** Offset in the source of each line, present when lines were left out (a selection). */
  readonly offsets?: Float64Array | undefined
  /** Number of each line within the current read, present exactly when `offsets` is. */
  readonly lineNumbers?: Float64Array | undefined
}

/**
 * Why bytes were not delivered. `truncated`: the file shrank before they were read; `rotated`: the old file vanished
 * with them; `overflow`: a bounded buffer dropped them; `unreadable`: reading failed; `limit`: a limit cut them;
 * `missed`: the producer (kernel, peer) says it skipped them.
 */
export type GapReason = 'truncated' | 'rotated' | 'overflow' | 'unreadable' | 'limit' | 'missed'

/** A known loss. It travels in order, between the batches it separates. `to` is exclusive. */
export interface Gap {
  readonly kind: 'gap'
  readonly source: Source
  readonly from: number
  readonly to: number
  readonly reason: GapReason
}

/** What can happen to a source. */
export type SourceEventName = 'opened' | 'rotated' | 'truncated' | 'ended' | 'failed'

/** Something that happened to a source, in order with its lines. */
export interface SourceEvent {
  readonly kind: 'event'
  readonly source: Source
  readonly event: SourceEventName
  readonly detail?: JsonObject | undefined
}

/** What every engine yields and every sink takes. Consumers switch on `kind`; an unknown kind is an error, not a skip. */
export type Delivery = LineBatch | Gap | SourceEvent

/**
 * For the `default` of a switch over `kind`.
 *
 * @throws CoreError `LF_CORE_UNKNOWN_DELIVERY`, always
 */
export function unknownDelivery(item: never): never {
  const kind = String((item as { kind?: unknown }).kind)
  throw new CoreError('LF_CORE_UNKNOWN_DELIVERY', `unknown kind of delivery: ${kind}`, { detail: { kind } })
}
