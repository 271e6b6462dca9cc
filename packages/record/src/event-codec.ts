import { ByteQueue } from '@logflow/core'
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { RecordError } from './errors.ts'
import { MAX_EVENT_BYTES } from './limits.ts'
import type { LogEvent } from './log-event.ts'

const NAME = 1
const TIME_MS = 2
const LABELS = 3
const VALUES = 4
const SOURCE = 5
const OFFSET = 6
const KEY = 1
const VALUE = 2
const HOST = 1
const PATH = 2
const ID = 3

/** The event as protobuf (SPEC.md), its length as a varint before it: many of them in a row are a file. */
export function encodeEvent(event: LogEvent): Uint8Array {
  const writer = new BinaryWriter()
  writer.fork()
  writer.tag(NAME, WireType.LengthDelimited).string(event.name)
  if (event.timeMs !== undefined) writer.tag(TIME_MS, WireType.Bit64).double(event.timeMs)
  for (const [key, value] of Object.entries(event.labels)) {
    writer.tag(LABELS, WireType.LengthDelimited).fork()
    writer.tag(KEY, WireType.LengthDelimited).string(key).tag(VALUE, WireType.LengthDelimited).string(value).join()
  }
  for (const [key, value] of Object.entries(event.values)) {
    writer.tag(VALUES, WireType.LengthDelimited).fork()
    writer.tag(KEY, WireType.LengthDelimited).string(key).tag(VALUE, WireType.Bit64).double(value).join()
  }
  const { host, path, id } = event.source
  writer.tag(SOURCE, WireType.LengthDelimited).fork()
  writer.tag(HOST, WireType.LengthDelimited).string(host).tag(PATH, WireType.LengthDelimited).string(path)
  writer.tag(ID, WireType.LengthDelimited).string(id).join()
  writer.tag(OFFSET, WireType.Varint).uint64(event.offset)
  return plain(writer.join().finish())
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
    if (field === NAME && type === WireType.LengthDelimited) name = reader.string()
    else if (field === TIME_MS && type === WireType.Bit64) timeMs = reader.double()
    else if (field === LABELS && type === WireType.LengthDelimited) labels.push(readLabel(reader))
    else if (field === VALUES && type === WireType.LengthDelimited) values.push(readValue(reader))
    else if (field === SOURCE && type === WireType.LengthDelimited) source = readSource(reader)
    else if (field === OFFSET && type === WireType.Varint) offset = safeOffset(reader.uint64())
    else reader.skip(type, field)
  }
  if (reader.pos > end) throw new RangeError('a field reaches past the end')
  return { name, timeMs, labels: Object.fromEntries(labels), values: Object.fromEntries(values), source, offset }
}

function readLabel(reader: BinaryReader): [string, string] {
  const pair: [string, string] = ['', '']
  eachField(reader, (field, type) => {
    if (type !== WireType.LengthDelimited) return false
    if (field === KEY) pair[0] = reader.string()
    else if (field === VALUE) pair[1] = reader.string()
    else return false
    return true
  })
  return pair
}

function readValue(reader: BinaryReader): [string, number] {
  const pair: [string, number] = ['', 0]
  eachField(reader, (field, type) => {
    if (field === KEY && type === WireType.LengthDelimited) pair[0] = reader.string()
    else if (field === VALUE && type === WireType.Bit64) pair[1] = reader.double()
    else return false
    return true
  })
  return pair
}

function readSource(reader: BinaryReader): { host: string; path: string; id: string } {
  const source = { host: '', path: '', id: '' }
  eachField(reader, (field, type) => {
    if (type !== WireType.LengthDelimited) return false
    if (field === HOST) source.host = reader.string()
    else if (field === PATH) source.path = reader.string()
    else if (field === ID) source.id = reader.string()
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

function plain(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes)
}
