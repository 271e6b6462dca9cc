import type { Delivery, Gap, JsonObject, Source, SourceEvent } from '@logflow/core'
import { ProtocolError } from '../errors.ts'
import { strictUtf8Text } from '../utf8.ts'
import { DELIVERY_KINDS, EVENT_NAMES, MAX_SOURCE_SLOTS, maxDeliveryBytes } from './delivery-kinds.ts'
import { FieldReader } from './fields.ts'
import { DEFAULT_MAX_FRAME_BYTES, FrameDecoder, type Frame } from './frame.ts'
import { GAP_REASONS } from './gap-reasons.ts'
import { readLinesBody } from './lines-body.ts'

/**
 * Sans-I/O reader of what `DeliveryEncoder` and `encodeDelivery` wrote. Lines share memory with the pushed chunks. After
 * an error the rest of the stream means nothing.
 */
export class DeliveryDecoder {
  readonly #frames: FrameDecoder
  readonly #reader = new DeliveryReader()

  /** @param maxFrameBytes - Longest body of a frame of lines. */
  constructor(maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES) {
    this.#frames = new FrameDecoder(kind => maxDeliveryBytes(kind, maxFrameBytes))
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
      const item = this.#reader.accept(frame)
      if (item) return item
    }
    return undefined
  }

  /** The stream ended. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` inside a frame */
  end(): void {
    this.#frames.end()
  }
}

/** Frames of one stream to deliveries. Knows which source has which slot. */
export class DeliveryReader {
  readonly #sources: (Source | undefined)[] = []

  /** @throws ProtocolError `LF_PROTOCOL_MALFORMED` when no source was given the slot */
  sourceAt(slot: number): Source {
    const source = this.#sources[slot]
    if (!source) throw malformed(`slot ${slot} has no source`)
    return source
  }

  /** The delivery in a frame; `undefined` for one that names a source. @throws ProtocolError `LF_PROTOCOL_MALFORMED` */
  accept(frame: Frame): Delivery | undefined {
    const fields = new FieldReader(frame.body)
    const slot = fields.uint16()
    if (frame.kind === DELIVERY_KINDS.source) {
      if (slot >= MAX_SOURCE_SLOTS) throw malformed(`slot ${slot} is over the limit`)
      this.#sources[slot] = readSource(fields.rest())
      return undefined
    }
    const source = this.sourceAt(slot)
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
