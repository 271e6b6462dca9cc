import { lineBatch, type LineBatch } from '@logflow/core'
import type { LineParser } from '../formats/line-parser.ts'
import { BatchText } from '../text.ts'
import { trimmedEnd, trimmedStart } from '../white-space.ts'
import { ROW_CAPACITY, type FieldConstants, type WholeLines } from './field-columns.ts'
import { KERNEL_BYTES, writeConstants } from './kernel-layout.ts'
import { MemoryColumns } from './memory-columns.ts'

const encoder = new TextEncoder()

/** Columns of formats whose fields are no plain pieces of the line (escapes, nesting): parses, then writes the fields out. */
export class ParsedColumns extends MemoryColumns {
  readonly #parser: LineParser
  readonly #names: readonly string[]
  readonly #constants: readonly (readonly [start: number, end: number] | undefined)[]
  #batch: LineBatch | undefined
  #text = new BatchText(new Uint8Array(0))
  #line = 0

  constructor(names: readonly string[], constants: FieldConstants, parser: LineParser) {
    super(names.length, KERNEL_BYTES)
    writeConstants(this.memory)
    this.#parser = parser
    this.#names = names
    this.#constants = names.map(name => {
      const value = constants.get(name)
      return value === undefined ? undefined : this.addText(value)
    })
  }

  override get malformed(): number {
    return 0 // a line that does not parse is not of the format
  }

  override open({ source, bytes, ends }: WholeLines): void {
    this.#batch = lineBatch({ source, bytes, ...(ends && { ends }) })
    this.#text = new BatchText(bytes)
    this.#line = 0
    this.#parser.begin?.(this.#batch, this.#text)
  }

  override next(): number {
    this.freeReserved()
    const { bytes, ends } = this.#batch ?? { bytes: new Uint8Array(0), ends: [] }
    let row = 0
    for (; row < ROW_CAPACITY && this.#line < ends.length; this.#line++) {
      const from = this.#line === 0 ? 0 : (ends[this.#line - 1] as number)
      const start = trimmedStart(bytes, from, ends[this.#line] as number)
      const end = trimmedEnd(bytes, start, ends[this.#line] as number)
      this.lines++
      const parsed = this.#parser.parse(this.#text.slice(start, end))
      if (!parsed) continue
      for (const [column, name] of this.#names.entries()) {
        const value = parsed.fields.get(name)
        if (value !== undefined) this.#write(column, row, encoder.encode(value))
        else if (name === '$line') this.#write(column, row, bytes.subarray(start, end))
        else this.#point(column, row, this.#constants[column] ?? [-1, 0])
      }
      row++
    }
    return row
  }

  #write(column: number, row: number, value: Uint8Array): void {
    const start = this.reserve(value.length)
    this.bytes.set(value, start)
    this.#point(column, row, [start, start + value.length])
  }

  #point(column: number, row: number, [start, end]: readonly [start: number, end: number]): void {
    const { words } = this.memory
    const first = ((this.addresses[column] as number) >> 2) + row
    words[first] = start
    words[first + ROW_CAPACITY] = end
  }
}
