import {
  unknownDelivery,
  type Delivery,
  type Gap,
  type JsonObject,
  type Source,
  type SourceEvent,
  type SourceEventName,
} from '@logflow/core'
import { ProtocolError } from '../errors.ts'
import { strictUtf8Text, utf8Bytes } from '../utf8.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import { DEFAULT_MAX_FRAME_BYTES, encodeFrameHeader, FRAME_HEADER_BYTES, FrameDecoder, type Frame } from './frame.ts'
import { GAP_REASONS } from './gap-reasons.ts'
import { readLinesBody, splitLinesBody, type SplitBody } from './lines-body.ts'

/** Kinds of frames that carry deliveries. */
export const DELIVERY_KINDS = { source: 1, lines: 2, gap: 3, event: 4 } as const
/** Sources that a stream can name at a time. */
export const MAX_SOURCE_SLOTS = 1024
/** Longest body of a `source` frame: a path of 4096 bytes, each escaped in JSON, and the rest. */
export const MAX_SOURCE_FRAME_BYTES: number = 32 * 1024
/** Longest body of an `event` frame. */
export const MAX_EVENT_FRAME_BYTES: number = 64 * 1024

const EVENT_NAMES: readonly SourceEventName[] = ['opened', 'rotated', 'truncated', 'ended', 'failed']
const GAP_BYTES = 2 + 8 + 8 + 1
const NOTHING = new Uint8Array(0)

interface SplitFrame extends SplitBody {
  readonly kind: number
}

/**
 * Deliveries as frames; a source is sent once and again only when its slot was taken by another.
 *
 *     source  | slot u16 | JSON {"host","path","id"} |
 *     lines   | slot u16 | offset u64 | first line u64 | count u32 | lengths? | offsets and numbers? | bytes |
 *     gap     | slot u16 | from u64 | to u64 | reason u8 |
 *     event   | slot u16 | JSON {"event","detail"?} |
 *
 * `lengths` (u32 per line) is absent with {@link LINES_BY_NEWLINE}; `offsets and numbers` (u64 each, per line) is
 * present with {@link LINES_SELECTED}. Numbers are big-endian and at most 2^53 - 1.
 */
export class DeliveryEncoder {
  readonly #slots = new Map<string, { readonly slot: number; readonly source: Source }>()
  readonly #ids: string[] = []
  #next = 0

  /**
   * One delivery, after its source when the stream does not know it yet.
   *
   * @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` for one over the limits, RangeError for a negative offset
   */
  encode(item: Delivery): Uint8Array {
    const known = this.#slots.get(item.source.id)
    if (known && known.source.host === item.source.host && known.source.path === item.source.path) {
      return join([deliveryFrame(item, known.slot)])
    }
    const slot = known?.slot ?? this.#takeSlot(item.source.id)
    this.#slots.set(item.source.id, { slot, source: item.source })
    return join([sourceFrame(item.source, slot), deliveryFrame(item, slot)])
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
  return join([sourceFrame(item.source, 0), deliveryFrame(item, 0)])
}

/**
 * Sans-I/O reader of what {@link DeliveryEncoder} and {@link encodeDelivery} wrote. Lines share memory with the pushed
 * chunks. After an error the rest of the stream means nothing.
 */
export class DeliveryDecoder {
  readonly #frames: FrameDecoder
  readonly #sources: (Source | undefined)[] = []

  /** @param maxFrameBytes - Longest body of a frame of lines. */
  constructor(maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES) {
    this.#frames = new FrameDecoder(kind => maxBodyBytes(kind, maxFrameBytes))
  }

  /** Adds a chunk, which is handed over. */
  push(chunk: Uint8Array): void {
    this.#frames.push(chunk)
  }

  /**
   * The next delivery, or `undefined` while bytes are missing.
   *
   * @throws ProtocolError `LF_PROTOCOL_UNKNOWN_KIND`, `LF_PROTOCOL_MALFORMED`, `LF_PROTOCOL_FRAME_TOO_LARGE`
   */
  read(): Delivery | undefined {
    for (let frame = this.#frames.read(); frame; frame = this.#frames.read()) {
      const fields = new FieldReader(frame.body)
      const slot = fields.uint16()
      if (slot >= MAX_SOURCE_SLOTS) throw malformed(`slot ${slot} is over the limit`)
      if (frame.kind !== DELIVERY_KINDS.source) return this.#delivery(frame, fields, slot)
      this.#sources[slot] = readSource(fields.rest())
    }
    return undefined
  }

  /** The stream ended. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` inside a frame */
  end(): void {
    this.#frames.end()
  }

  #delivery(frame: Frame, fields: FieldReader, slot: number): Delivery {
    const source = this.#sources[slot]
    if (!source) throw malformed(`slot ${slot} has no source`)
    switch (frame.kind) {
      case DELIVERY_KINDS.lines:
        return readLinesBody(source, frame.flags, fields)
      case DELIVERY_KINDS.gap:
        return readGap(source, fields)
      default:
        return readEvent(source, fields)
    }
  }
}

function maxBodyBytes(kind: number, maxFrameBytes: number): number {
  switch (kind) {
    case DELIVERY_KINDS.source:
      return MAX_SOURCE_FRAME_BYTES
    case DELIVERY_KINDS.lines:
      return maxFrameBytes
    case DELIVERY_KINDS.gap:
      return GAP_BYTES
    case DELIVERY_KINDS.event:
      return MAX_EVENT_FRAME_BYTES
    default:
      throw new ProtocolError('LF_PROTOCOL_UNKNOWN_KIND', `unknown kind of frame: ${kind}`, { detail: { kind } })
  }
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
      const head = new FieldWriter(GAP_BYTES).uint16(slot).uint64(item.from).uint64(item.to)
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

/** All frames in one buffer, the lines copied once. */
function join(frames: readonly SplitFrame[]): Uint8Array {
  const size = frames.reduce((sum, { head, tail }) => sum + FRAME_HEADER_BYTES + head.length + tail.length, 0)
  const bytes = new Uint8Array(size)
  let at = 0
  for (const { kind, flags, head, tail } of frames) {
    const length = head.length + tail.length
    if (length > maxBodyBytes(kind, DEFAULT_MAX_FRAME_BYTES)) {
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

function readGap(source: Source, fields: FieldReader): Gap {
  const [from, to] = [fields.offset(), fields.offset()]
  const reason = GAP_REASONS[fields.uint8()]
  fields.end()
  if (!reason) throw malformed('unknown reason of a gap')
  if (to < from) throw malformed('a gap ends before it begins')
  return { kind: 'gap', source, from, to, reason }
}

function readEvent(source: Source, fields: FieldReader): SourceEvent {
  const { event, detail } = readJson(fields.rest())
  const name = EVENT_NAMES.find(known => known === event)
  if (!name) throw malformed('unknown event')
  if (detail === undefined) return { kind: 'event', source, event: name }
  if (!isObject(detail)) throw malformed('detail is no object')
  return { kind: 'event', source, event: name, detail }
}

function readSource(bytes: Uint8Array): Source {
  const { host, path, id } = readJson(bytes)
  if (typeof host !== 'string' || typeof path !== 'string' || typeof id !== 'string')
    throw malformed('source is incomplete')
  return { host, path, id }
}

function readJson(bytes: Uint8Array): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(strictUtf8Text(bytes) ?? '')
  } catch (cause) {
    throw new ProtocolError('LF_PROTOCOL_MALFORMED', 'frame holds no JSON', { cause })
  }
  if (!isObject(value)) throw malformed('frame holds no JSON object')
  return value
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('LF_PROTOCOL_MALFORMED', message)
}
