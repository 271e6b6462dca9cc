import type { LineBatch } from '@logflow/core'
import { trimmedEnd, trimmedStart } from './white-space.ts'

/**
 * What a line is to a format: `record`: fields are there; `foreign`: not of this format, passed over in silence (also a
 * CSV header); `malformed`: of this format but broken, to be counted.
 */
export type LineVerdict = 'record' | 'foreign' | 'malformed'

/**
 * Finds named fields in lines without making a string or an object per line. After `scan` says `record`, field `i` of
 * `names` is `buffers[i][starts[i], ends[i])`, until the next `scan`; `starts[i]` is -1 when the line does not have it.
 * When a line has a name twice, the later one counts.
 */
export interface FieldScanner {
  readonly names: readonly string[]
  readonly buffers: readonly Uint8Array[]
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Before the lines of a batch. The scanner keeps a reference to its bytes until the next call. */
  open(batch: LineBatch): void
  /** One line of the open batch, with or without its line end. White space at both ends does not count. */
  scan(from: number, to: number): LineVerdict
}

const encoder = new TextEncoder()

/** A scanner whose fields are pieces of the line itself: keeps the slots, leaves the layout to the format. */
export abstract class ByteScanner implements FieldScanner {
  readonly names: readonly string[]
  readonly buffers: Uint8Array[]
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Bytes of the open batch. */
  protected bytes: Uint8Array = new Uint8Array(0)
  readonly #keys: readonly Uint8Array[]
  /** Bit n set: some key has n bytes; bit 31 stands for 31 and more. */
  readonly #keyLengths: number
  readonly #lineSlot: number
  readonly #emptySlot: number

  constructor(names: readonly string[]) {
    this.names = names
    this.buffers = names.map(() => this.bytes)
    this.starts = new Int32Array(names.length).fill(-1)
    this.ends = new Int32Array(names.length)
    this.#keys = names.map(name => encoder.encode(name))
    this.#keyLengths = this.#keys.reduce((bits, key) => bits | (1 << Math.min(key.length, 31)), 0)
    this.#lineSlot = names.indexOf('$line')
    this.#emptySlot = names.indexOf('$empty')
  }

  open(batch: LineBatch): void {
    this.bytes = batch.bytes
    this.buffers.fill(batch.bytes)
  }

  scan(from: number, to: number): LineVerdict {
    const start = trimmedStart(this.bytes, from, to)
    const end = trimmedEnd(this.bytes, start, to)
    this.starts.fill(-1)
    if (this.#lineSlot !== -1) this.set(this.#lineSlot, start, end)
    if (this.#emptySlot !== -1) this.set(this.#emptySlot, start, start)
    return this.scanFields(start, end)
  }

  /** Sets the slots of the line `[start, end)`, which has no white space at its ends. */
  protected abstract scanFields(start: number, end: number): LineVerdict

  /** Slot `slot` is `[from, to)`. */
  protected set(slot: number, from: number, to: number): void {
    this.starts[slot] = from
    this.ends[slot] = to
  }

  /** The slot whose name is `[from, to)`, or -1. */
  protected find(from: number, to: number): number {
    const length = to - from
    if ((this.#keyLengths & (1 << (length < 31 ? length : 31))) === 0) return -1
    const keys = this.#keys
    for (let slot = 0; slot < keys.length; slot++) {
      const key = keys[slot] as Uint8Array
      if (key.length === length && this.#equals(key, from)) return slot
    }
    return -1
  }

  #equals(key: Uint8Array, from: number): boolean {
    const bytes = this.bytes
    for (let i = 0; i < key.length; i++) if (key[i] !== bytes[from + i]) return false
    return true
  }
}
