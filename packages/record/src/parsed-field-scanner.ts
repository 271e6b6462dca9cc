import type { LineBatch } from '@logflow/core'
import {
  constantSlots,
  type ConstantSlot,
  type FieldConstants,
  type FieldScanner,
  type LineVerdict,
} from './field-scanner.ts'
import type { LineParser } from './formats/line-parser.ts'
import { BatchText } from './text.ts'
import { trimmedEnd, trimmedStart } from './white-space.ts'

const encoder = new TextEncoder()

/** A scanner for formats whose fields are not plain pieces of the line (escapes, nesting): parses, then writes the fields out. */
export class ParsedFieldScanner implements FieldScanner {
  readonly names: readonly string[]
  readonly buffers: Uint8Array[]
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly #parser: LineParser
  readonly #constants: readonly ConstantSlot[]
  #bytes: Uint8Array = new Uint8Array(0)
  #text = new BatchText(this.#bytes)
  #values: Uint8Array = new Uint8Array(4096)
  #used = 0

  constructor(parser: LineParser, names: readonly string[], constants: FieldConstants) {
    this.#constants = constantSlots(names, constants)
    this.#parser = parser
    this.names = names
    this.buffers = names.map(() => this.#values)
    this.starts = new Int32Array(names.length).fill(-1)
    this.ends = new Int32Array(names.length)
  }

  open(batch: LineBatch): void {
    this.#bytes = batch.bytes
    this.#text = new BatchText(batch.bytes)
    this.#parser.begin?.(batch, this.#text)
  }

  scan(from: number, to: number): LineVerdict {
    const start = trimmedStart(this.#bytes, from, to)
    const end = trimmedEnd(this.#bytes, start, to)
    this.starts.fill(-1)
    this.#used = 0
    const parsed = this.#parser.parse(this.#text.slice(start, end))
    if (!parsed) return 'foreign'
    for (const { slot, value } of this.#constants) this.#point(slot, value, 0, value.length)
    for (const [slot, name] of this.names.entries()) {
      const value = parsed.fields.get(name)
      if (value !== undefined) this.#write(slot, value)
      else if (name === '$line') this.#point(slot, this.#bytes, start, end)
    }
    return 'record'
  }

  #point(slot: number, bytes: Uint8Array, from: number, to: number): void {
    this.buffers[slot] = bytes
    this.starts[slot] = from
    this.ends[slot] = to
  }

  #write(slot: number, value: string): void {
    const needed = this.#used + value.length * 3
    // Slots already set keep the old array, which nobody writes to again.
    if (needed > this.#values.length) {
      this.#values = new Uint8Array(needed * 2)
      this.#used = 0
    }
    const { written } = encoder.encodeInto(value, this.#values.subarray(this.#used))
    this.buffers[slot] = this.#values
    this.starts[slot] = this.#used
    this.ends[slot] = this.#used += written
  }
}
