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

/** Values of names that the lines need not have: a line that has the name has its own value. */
export type FieldConstants = ReadonlyMap<string, string>

const encoder = new TextEncoder()
const noConstants: FieldConstants = new Map()

/** A slot that has a constant, and its bytes. */
export interface ConstantSlot {
  readonly slot: number
  readonly value: Uint8Array
}

/** The slots that have a constant. */
export function constantSlots(names: readonly string[], constants: FieldConstants): readonly ConstantSlot[] {
  return names.flatMap((name, slot) => {
    const value = constants.get(name)
    return value === undefined ? [] : [{ slot, value: encoder.encode(value) }]
  })
}

/** A scanner whose fields are pieces of the line itself: keeps the slots, leaves the layout to the format. */
export abstract class ByteScanner implements FieldScanner {
  readonly names: readonly string[]
  readonly buffers: Uint8Array[]
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Bytes of the open batch. */
  protected bytes: Uint8Array = new Uint8Array(0)
  /** The same bytes, for reading words. */
  protected view: DataView = new DataView(new ArrayBuffer(0))
  readonly #keys: readonly Uint8Array[]
  /** Bit n set: some key has n bytes; bit 31 stands for 31 and more. */
  readonly #keyLengths: number
  readonly #lineSlot: number
  readonly #constants: readonly ConstantSlot[]

  constructor(names: readonly string[], constants: FieldConstants = noConstants) {
    this.names = names
    this.buffers = names.map(() => this.bytes)
    this.starts = new Int32Array(names.length).fill(-1)
    this.ends = new Int32Array(names.length)
    this.#keys = names.map(name => encoder.encode(name))
    this.#keyLengths = this.#keys.reduce((bits, key) => bits | (1 << Math.min(key.length, 31)), 0)
    this.#lineSlot = names.indexOf('$line')
    this.#constants = constantSlots(names, constants)
  }

  open(batch: LineBatch): void {
    const { bytes } = batch
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.buffers.fill(bytes)
  }

  scan(from: number, to: number): LineVerdict {
    const start = trimmedStart(this.bytes, from, to)
    const end = trimmedEnd(this.bytes, start, to)
    const { starts } = this
    for (let slot = 0; slot < starts.length; slot++) starts[slot] = -1 // `fill` costs more for so few
    if (this.#lineSlot !== -1) this.set(this.#lineSlot, start, end)
    for (const { slot, value } of this.#constants) {
      this.buffers[slot] = value
      this.starts[slot] = 0
      this.ends[slot] = value.length
    }
    return this.scanFields(start, end)
  }

  /** Sets the slots of the line `[start, end)`, which has no white space at its ends. */
  protected abstract scanFields(start: number, end: number): LineVerdict

  /** Slot `slot` is `[from, to)`. */
  protected set(slot: number, from: number, to: number): void {
    this.buffers[slot] = this.bytes
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
