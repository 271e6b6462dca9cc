import { WireType } from '@bufbuild/protobuf/wire'
import type { Source } from '@logflow/core'
import { field } from './event-fields.ts'
import type { LogEvent } from './log-event.ts'

const encoder = new TextEncoder()
const FIRST_BYTES = 4096

/** Events as protobuf (SPEC.md), each with its length as a varint before it, one after another in one run of bytes. */
export class EventWriter {
  #bytes = new Uint8Array(FIRST_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #length = 0
  #source: Source | undefined
  #sourceBytes = new Uint8Array(0)

  /** Bytes that wait for {@link take}. */
  get length(): number {
    return this.#length
  }

  /** Encodes an event. Nothing of it is kept. */
  add(event: LogEvent): void {
    const start = this.#open()
    this.#string(field.name, event.name)
    if (event.timeMs !== undefined) this.#double(field.timeMs, event.timeMs)
    const { labels, values } = event
    for (const key of Object.keys(labels)) {
      const pair = this.#open(field.labels)
      this.#string(field.key, key)
      this.#string(field.value, labels[key] as string)
      this.#close(pair)
    }
    for (const key of Object.keys(values)) {
      const pair = this.#open(field.values)
      this.#string(field.key, key)
      this.#double(field.value, values[key] as number)
      this.#close(pair)
    }
    this.#addSource(event.source)
    this.#reserve(16)
    this.#tag(field.offset, WireType.Varint)
    this.#varint(event.offset)
    this.#close(start)
  }

  /** The bytes since the last call. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  /** Events in a row are often of one source. */
  #addSource(source: Source): void {
    if (this.#source !== source) {
      const start = this.#open(field.source)
      this.#string(field.host, source.host)
      this.#string(field.path, source.path)
      this.#string(field.id, source.id)
      this.#close(start)
      this.#source = source
      this.#sourceBytes = this.#bytes.slice(start - 1, this.#length)
      return
    }
    this.#reserve(this.#sourceBytes.length)
    this.#bytes.set(this.#sourceBytes, this.#length)
    this.#length += this.#sourceBytes.length
  }

  /** Begins a message, that of `number` or the outermost: leaves one byte for its length. Returns where that is. */
  #open(number?: number): number {
    this.#reserve(8)
    if (number !== undefined) this.#tag(number, WireType.LengthDelimited)
    return this.#length++
  }

  /** Ends the message: writes its length, and moves it when that needs more than a byte. */
  #close(start: number): void {
    const length = this.#length - start - 1
    if (length < 0x80) {
      this.#bytes[start] = length
      return
    }
    this.#reserve(8)
    this.#length = start
    const prefix = varintBytes(length)
    this.#bytes.copyWithin(start + prefix, start + 1, start + 1 + length)
    this.#varint(length)
    this.#length += length
  }

  #string(number: number, text: string): void {
    this.#reserve(text.length * 3 + 16)
    this.#tag(number, WireType.LengthDelimited)
    const start = this.#length++
    const bytes = this.#bytes
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80 || i === 64) {
        this.#length = start + 1 + i + encoder.encodeInto(text.slice(i), bytes.subarray(start + 1 + i)).written
        return this.#close(start)
      }
      bytes[start + 1 + i] = code
    }
    this.#length = start + 1 + text.length
    this.#close(start)
  }

  #double(number: number, value: number): void {
    this.#reserve(16)
    this.#tag(number, WireType.Bit64)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
  }

  #tag(number: number, type: WireType): void {
    this.#bytes[this.#length++] = (number << 3) | type
  }

  #varint(value: number): void {
    let rest = value
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#length++] = (rest % 0x80) | 0x80
    this.#bytes[this.#length++] = rest
  }

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return
    const larger = new Uint8Array((this.#length + size) * 2)
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++
  return bytes
}
