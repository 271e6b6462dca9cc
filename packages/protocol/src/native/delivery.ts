import {
  lineBatch,
  unknownDelivery,
  type Delivery,
  type Gap,
  type JsonObject,
  type LineBatch,
  type Source,
  type SourceEvent,
  type SourceEventName,
} from '@logflow/core'
import { ProtocolError } from '../errors.ts'
import { strictUtf8Text, utf8Bytes } from '../utf8.ts'
import { FieldReader, FieldWriter } from './fields.ts'
import { DEFAULT_MAX_FRAME_BYTES, encodeFrame, FrameDecoder, type Frame } from './frame.ts'
import { GAP_REASONS } from './gap-reasons.ts'

/** Kinds of frames that carry deliveries. */
export const DELIVERY_KINDS = { source: 1, lines: 2, gap: 3, event: 4 } as const
/** Flag of a `lines` frame: lines end where the newlines are, so that ends are not sent. */
export const LINES_BY_NEWLINE = 1
/** Flag of a `lines` frame: lines were left out, each has its own offset and number. */
export const LINES_SELECTED = 2
/** Sources that a stream can name at a time. */
export const MAX_SOURCE_SLOTS = 1024
/** Longest body of a `source` frame: a path of 4096 bytes, each escaped in JSON, and the rest. */
export const MAX_SOURCE_FRAME_BYTES: number = 32 * 1024
/** Longest body of an `event` frame. */
export const MAX_EVENT_FRAME_BYTES: number = 64 * 1024

const EVENT_NAMES: readonly SourceEventName[] = ['opened', 'rotated', 'truncated', 'ended', 'failed']
const GAP_BYTES = 2 + 8 + 8 + 1
const LINES_HEADER_BYTES = 2 + 8 + 8 + 4

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

  /** One delivery, after its source when the stream does not know it yet. */
  encode(item: Delivery): Uint8Array {
    const known = this.#slots.get(item.source.id)
    if (known && known.source.host === item.source.host && known.source.path === item.source.path) {
      return encodeFrame(deliveryFrame(item, known.slot))
    }
    const slot = known?.slot ?? this.#takeSlot(item.source.id)
    this.#slots.set(item.source.id, { slot, source: item.source })
    return withSource(item, slot)
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
 */
export function encodeDelivery(item: Delivery): Uint8Array {
  return withSource(item, 0)
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
        return readLines(source, frame.flags, fields)
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

function withSource(item: Delivery, slot: number): Uint8Array {
  const { host, path, id } = item.source
  const json = utf8Bytes(JSON.stringify({ host, path, id }))
  const source = new FieldWriter(2 + json.length).uint16(slot).bytes(json).done()
  const first = encodeFrame({ kind: DELIVERY_KINDS.source, flags: 0, body: source })
  const second = encodeFrame(deliveryFrame(item, slot))
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

function deliveryFrame(item: Delivery, slot: number): Frame {
  switch (item.kind) {
    case 'lines':
      return linesFrame(item, slot)
    case 'gap': {
      const fields = new FieldWriter(GAP_BYTES).uint16(slot).uint64(item.from).uint64(item.to)
      return { kind: DELIVERY_KINDS.gap, flags: 0, body: fields.uint8(GAP_REASONS.indexOf(item.reason)).done() }
    }
    case 'event': {
      const json = utf8Bytes(JSON.stringify({ event: item.event, detail: item.detail }))
      const body = new FieldWriter(2 + json.length).uint16(slot).bytes(json).done()
      return { kind: DELIVERY_KINDS.event, flags: 0, body }
    }
    default:
      return unknownDelivery(item)
  }
}

function linesFrame({ bytes, ends, offset, firstLine, offsets, lineNumbers }: LineBatch, slot: number): Frame {
  const byNewline = endsAtNewlines(bytes, ends)
  const selected = offsets !== undefined && lineNumbers !== undefined
  const lineBytes = (byNewline ? 0 : 4) + (selected ? 16 : 0)
  const fields = new FieldWriter(LINES_HEADER_BYTES + ends.length * lineBytes + bytes.length)
  fields.uint16(slot).uint64(offset).uint64(firstLine).uint32(ends.length)
  if (!byNewline)
    for (let i = 0, start = 0; i < ends.length; start = ends[i++] as number) fields.uint32((ends[i] as number) - start)
  if (selected)
    for (let i = 0; i < ends.length; i++) fields.uint64(offsets[i] as number).uint64(lineNumbers[i] as number)
  const flags = (byNewline ? LINES_BY_NEWLINE : 0) | (selected ? LINES_SELECTED : 0)
  return { kind: DELIVERY_KINDS.lines, flags, body: fields.bytes(bytes).done() }
}

/** Whether the ends are exactly those that a reader finds by looking for newlines. */
function endsAtNewlines(bytes: Uint8Array, ends: Uint32Array): boolean {
  let at = 0
  for (let i = 0; i < ends.length; i++) {
    const newline = bytes.indexOf(10, at)
    at = newline === -1 ? bytes.length : newline + 1
    if (at !== ends[i]) return false
  }
  return at === bytes.length
}

function readLines(source: Source, flags: number, fields: FieldReader): LineBatch {
  if ((flags & ~(LINES_BY_NEWLINE | LINES_SELECTED)) !== 0) throw malformed(`unknown flags ${flags}`)
  const offset = fields.offset()
  const firstLine = fields.offset()
  const count = fields.uint32()
  const byNewline = (flags & LINES_BY_NEWLINE) !== 0
  const selected = (flags & LINES_SELECTED) !== 0
  // Nothing is reserved for the declared count before the frame is known to hold it.
  if (count * ((byNewline ? 1 : 4) + (selected ? 16 : 0)) > fields.left) throw malformed(`${count} lines do not fit`)
  const ends = byNewline ? undefined : readEnds(fields, count)
  const offsets = selected ? new Float64Array(count) : undefined
  const lineNumbers = selected ? new Float64Array(count) : undefined
  if (offsets && lineNumbers) {
    for (let i = 0; i < count; i++) {
      offsets[i] = fields.offset()
      lineNumbers[i] = fields.offset()
    }
  }
  const bytes = fields.rest()
  const batch = lineBatch(ends ? { source, bytes, offset, firstLine, ends } : { source, bytes, offset, firstLine })
  if (batch.ends.length !== count) throw malformed(`${count} lines declared, ${batch.ends.length} there`)
  if ((batch.ends.at(-1) ?? 0) !== bytes.length) throw malformed('lines do not end where the bytes do')
  if (!Number.isSafeInteger(offset + bytes.length)) throw malformed('offset out of range')
  return offsets && lineNumbers ? { ...batch, offsets, lineNumbers } : batch
}

function readEnds(fields: FieldReader, count: number): Uint32Array {
  const ends = new Uint32Array(count)
  let end = 0
  for (let i = 0; i < count; i++) {
    end += fields.uint32()
    if (end > 0xffff_ffff) throw malformed('lines are too long')
    ends[i] = end
  }
  return ends
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
