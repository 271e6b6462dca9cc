import { ByteQueue } from '@logflow/core'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { RecordError } from './errors.ts'
import { field as fields } from './event-fields.ts'
import { EventWriter } from './event-writer.ts'
import { MAX_EVENT_BYTES } from './limits.ts'
import type { LogEvent } from './log-event.ts'

/** The event as protobuf (SPEC.md), its length as a varint before it: many of them in a row are a file. */
export function encodeEvent(event: LogEvent): Uint8Array {
  const writer = new EventWriter()
  writer.add(event)
  return writer.take()
}

/** Sans-I/O: bytes go in through `push`, whole events come out of `read`, `end` proves nothing was cut off. */
export class EventDecoder {
  readonly #bytes = new ByteQueue()
  readonly #maxEventBytes: number

  constructor({ maxEventBytes = MAX_EVENT_BYTES }: { readonly maxEventBytes?: number } = {}) {
    this.#maxEventBytes = maxEventBytes
  }

  /** Takes ownership of `chunk`. */
  push(chunk: Uint8Array): void {
    this.#bytes.push(chunk)
  }

  /**
   * The next whole event, or `undefined` while bytes are missing.
   *
   * @throws RecordError `LF_RECORD_EVENT_TOO_LARGE`, `LF_RECORD_EVENT_INVALID`
   */
  read(): LogEvent | undefined {
    let length = 0
    let prefix = 0
    for (let byte = 0x80; byte >= 0x80; prefix++) {
      if (prefix >= this.#bytes.length) return undefined
      byte = this.#bytes.peek(prefix)
      length += (byte & 0x7f) * 2 ** (7 * prefix)
      if (prefix === 4 || (byte < 0x80 && length > this.#maxEventBytes))
        throw new RecordError(
          'LF_RECORD_EVENT_TOO_LARGE',
          `event declares ${length} bytes, limit is ${this.#maxEventBytes}`,
          { detail: { length, limit: this.#maxEventBytes } },
        )
    }
    if (this.#bytes.length < prefix + length) return undefined
    this.#bytes.skip(prefix)
    return decodeEvent(this.#bytes.take(length))
  }

  /** @throws RecordError `LF_RECORD_EVENT_TRUNCATED` when the input stopped inside an event */
  end(): void {
    if (this.#bytes.length > 0)
      throw new RecordError(
        'LF_RECORD_EVENT_TRUNCATED',
        `input ended inside an event, ${this.#bytes.length} bytes left`,
      )
  }
}

function decodeEvent(bytes: Uint8Array): LogEvent {
  try {
    return readEvent(new BinaryReader(bytes), bytes.length)
  } catch (cause) {
    throw new RecordError('LF_RECORD_EVENT_INVALID', `not an event: ${(cause as Error).message}`, { cause })
  }
}

function readEvent(reader: BinaryReader, end: number): LogEvent {
  let name = ''
  let timeMs: number | undefined
  let offset = 0
  let source = { host: '', path: '', id: '' }
  const labels: [string, string][] = []
  const values: [string, number][] = []
  while (reader.pos < end) {
    const [field, type] = reader.tag()
    if (field === fields.name && type === WireType.LengthDelimited) name = reader.string()
    else if (field === fields.timeMs && type === WireType.Bit64) timeMs = reader.double()
    else if (field === fields.labels && type === WireType.LengthDelimited) labels.push(readLabel(reader))
    else if (field === fields.values && type === WireType.LengthDelimited) values.push(readValue(reader))
    else if (field === fields.source && type === WireType.LengthDelimited) source = readSource(reader)
    else if (field === fields.offset && type === WireType.Varint) offset = safeOffset(reader.uint64())
    else reader.skip(type, field)
  }
  if (reader.pos > end) throw new RangeError('a field reaches past the end')
  return { name, timeMs, labels: Object.fromEntries(labels), values: Object.fromEntries(values), source, offset }
}

function readLabel(reader: BinaryReader): [string, string] {
  const pair: [string, string] = ['', '']
  eachField(reader, (field, type) => {
    if (type !== WireType.LengthDelimited) return false
    if (field === fields.key) pair[0] = reader.string()
    else if (field === fields.value) pair[1] = reader.string()
    else return false
    return true
  })
  return pair
}

function readValue(reader: BinaryReader): [string, number] {
  const pair: [string, number] = ['', 0]
  eachField(reader, (field, type) => {
    if (field === fields.key && type === WireType.LengthDelimited) pair[0] = reader.string()
    else if (field === fields.value && type === WireType.Bit64) pair[1] = reader.double()
    else return false
    return true
  })
  return pair
}

function readSource(reader: BinaryReader): { host: string; path: string; id: string } {
  const source = { host: '', path: '', id: '' }
  eachField(reader, (field, type) => {
    if (type !== WireType.LengthDelimited) return false
    if (field === fields.host) source.host = reader.string()
    else if (field === fields.path) source.path = reader.string()
    else if (field === fields.id) source.id = reader.string()
    else return false
    return true
  })
  return source
}

/** Reads a nested message; what `read` does not take is skipped, for readers older than writers. */
function eachField(reader: BinaryReader, read: (field: number, type: WireType) => boolean): void {
  const length = reader.uint32()
  const end = reader.pos + length
  if (end > reader.len) throw new RangeError('a nested message reaches past the end')
  while (reader.pos < end) {
    const [field, type] = reader.tag()
    if (!read(field, type)) reader.skip(type, field)
  }
  if (reader.pos !== end) throw new RangeError('a nested message is longer than it says')
}

function safeOffset(value: string | number | bigint): number {
  const offset = Number(value)
  if (!Number.isSafeInteger(offset)) throw new RangeError(`offset ${value} is over 2^53`)
  return offset
}
