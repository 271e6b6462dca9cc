import { unknownDelivery, type Delivery, type Source } from '@logflow/core'
import { ProtocolError } from '../errors.ts'
import { utf8Bytes } from '../utf8.ts'
import { DELIVERY_KINDS, GAP_FRAME_BYTES, MAX_SOURCE_SLOTS, maxDeliveryBytes } from './delivery-kinds.ts'
import { FieldWriter } from './fields.ts'
import { DEFAULT_MAX_FRAME_BYTES, encodeFrameHeader, FRAME_HEADER_BYTES } from './frame.ts'
import { GAP_REASONS } from './gap-reasons.ts'
import { splitLinesBody, type SplitBody } from './lines-body.ts'

const NOTHING = new Uint8Array(0)

/** A frame in parts, so that what is large is copied only once. */
export interface SplitFrame extends SplitBody {
  readonly kind: number
}

/**
 * Deliveries as frames; a source is sent once and again only when its slot was taken by another.
 *
 *     source  | slot u16 | JSON {"host","path","id"} |
 *     lines   | slot u16 | offset u64 | first line u64 | count u32 | lengths? | offsets and numbers? | pieces? | bytes |
 *     gap     | slot u16 | from u64 | to u64 | reason u8 |
 *     event   | slot u16 | JSON {"event","detail"?} |
 *
 * `lengths` (u32 per line) is absent with {@link LINES_BY_NEWLINE}; `offsets and numbers` (u64 each, per line) is
 * present with {@link LINES_SELECTED}, `pieces` (u8 per line) with {@link LINES_IN_PIECES}. Numbers are big-endian and at most 2^53 - 1.
 */
export class DeliveryEncoder {
  readonly #maxFrameBytes: number
  readonly #slots = new Map<string, { readonly slot: number; readonly source: Source }>()
  readonly #ids: string[] = []
  #next = 0

  /** @param maxFrameBytes - Longest body of a frame of lines. */
  constructor(maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /**
   * One delivery, after its source when the stream does not know it yet.
   *
   * @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` for one over the limits, RangeError for a negative offset
   */
  encode(item: Delivery): Uint8Array {
    const { slot, announcement } = this.place(item.source)
    return joinFrames([...announcement, deliveryFrame(item, slot)], kind => maxDeliveryBytes(kind, this.#maxFrameBytes))
  }

  /**
   * The slot of a source, and the frame that must go before what names it, when the stream does not know it yet.
   *
   * @internal
   */
  place(source: Source): { readonly slot: number; readonly announcement: readonly SplitFrame[] } {
    const known = this.#slots.get(source.id)
    if (known && known.source.host === source.host && known.source.path === source.path) {
      return { slot: known.slot, announcement: [] }
    }
    const slot = known?.slot ?? this.#takeSlot(source.id)
    this.#slots.set(source.id, { slot, source })
    return { slot, announcement: [sourceFrame(source, slot)] }
  }

  /** The next slot in turn; the source that had it must be sent again when it comes back. */
  #takeSlot(id: string): number {
    const slot = this.#next
    this.#next = (slot + 1) % MAX_SOURCE_SLOTS
    const before = this.#ids[slot]
    if (before !== undefined) this.#slots.delete(before)
    this.#ids[slot] = id
    return slot
  }
}

/**
 * One delivery that stands for itself: its source, then the delivery, as {@link DeliveryEncoder} begins a stream. Any
 * concatenation of such pieces, and of whole streams, is a stream again.
 *
 * @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` for one over the limits, RangeError for a negative offset
 */
export function encodeDelivery(item: Delivery): Uint8Array {
  return joinFrames([sourceFrame(item.source, 0), deliveryFrame(item, 0)])
}

function sourceFrame({ host, path, id }: Source, slot: number): SplitFrame {
  const json = utf8Bytes(JSON.stringify({ host, path, id }))
  return { kind: DELIVERY_KINDS.source, flags: 0, head: new FieldWriter(2).uint16(slot).done(), tail: json }
}

function deliveryFrame(item: Delivery, slot: number): SplitFrame {
  switch (item.kind) {
    case 'lines':
      return { kind: DELIVERY_KINDS.lines, ...splitLinesBody(item, slot) }
    case 'gap': {
      const head = new FieldWriter(GAP_FRAME_BYTES).uint16(slot).uint64(item.from).uint64(item.to)
      head.uint8(GAP_REASONS.indexOf(item.reason))
      return { kind: DELIVERY_KINDS.gap, flags: 0, head: head.done(), tail: NOTHING }
    }
    case 'event': {
      const json = utf8Bytes(JSON.stringify({ event: item.event, detail: item.detail }))
      return { kind: DELIVERY_KINDS.event, flags: 0, head: new FieldWriter(2).uint16(slot).done(), tail: json }
    }
    default:
      return unknownDelivery(item)
  }
}

/** All frames in one buffer, the lines copied once. @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` */
export function joinFrames(
  frames: readonly SplitFrame[],
  limitOf: (kind: number) => number = kind => maxDeliveryBytes(kind, DEFAULT_MAX_FRAME_BYTES),
): Uint8Array {
  const size = frames.reduce((sum, { head, tail }) => sum + FRAME_HEADER_BYTES + head.length + tail.length, 0)
  const bytes = new Uint8Array(size)
  let at = 0
  for (const { kind, flags, head, tail } of frames) {
    const length = head.length + tail.length
    if (length > limitOf(kind)) {
      throw new ProtocolError('LF_PROTOCOL_UNENCODABLE', `a delivery of ${length} bytes has no frame`, {
        detail: { kind, length },
      })
    }
    for (const part of [encodeFrameHeader({ kind, flags, length }), head, tail]) {
      bytes.set(part, at)
      at += part.length
    }
  }
  return bytes
}
