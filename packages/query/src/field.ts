import { readNumber } from './parse-number.ts'

/** Where a named value of the current line is found: slot `index` of arrays that are filled anew for each line. */
export interface Field {
  readonly buffers: readonly Uint8Array[]
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly index: number
}

/** Whether the current line has the field. */
export function hasField({ starts, index }: Field): boolean {
  return starts[index] !== -1
}

/** The number in a field, read at most once per line however many items ask for it. */
export class NumberField {
  readonly field: Field
  readonly #value = new Float64Array(1)
  #line = -1
  #valid = false

  constructor(field: Field) {
    this.field = field
  }

  /** The value; only after `read` said true. */
  get value(): number {
    return this.#value[0] as number
  }

  /** Whether line number `line` has the field and it is a number. */
  read(line: number): boolean {
    if (this.#line === line) return this.#valid
    this.#line = line
    const { buffers, starts, ends, index } = this.field
    const start = starts[index] as number
    this.#valid = start !== -1 && readNumber(buffers[index] as Uint8Array, start, ends[index] as number, this.#value)
    return this.#valid
  }
}
