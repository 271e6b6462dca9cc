import type { FieldColumns, NumberColumn, RowList } from '@logflow/record'
import { readNumber } from './parse-number.ts'

/** The state of a row whose value is no number. */
const NO_NUMBER = 3

/** Columns, and which block of rows they hold. */
export interface RowBlocks {
  readonly columns: FieldColumns
  /** Another number for each block. */
  readonly block: number
}

/** The numbers in a column, read at most once per block of rows however many items ask for them. */
export class NumberField {
  readonly column: number
  readonly #blocks: RowBlocks
  readonly #numbers: NumberColumn
  #block = -1

  constructor(blocks: RowBlocks, column: number) {
    this.#blocks = blocks
    this.column = column
    this.#numbers = blocks.columns.numberColumn(column)
  }

  /** By row; only where `states` is 1. */
  get values(): Float64Array {
    return this.#numbers.values
  }

  /** By row: 0: the line does not have the field, 1: it is a number, else: it is none. */
  get states(): Uint8Array {
    return this.#numbers.states
  }

  /** Reads the numbers of the rows. Rows that are asked for later in the same block must be among the first. */
  read(list: RowList): void {
    if (this.#block === this.#blocks.block) return
    this.#block = this.#blocks.block
    if (this.#numbers.read(list) > 0) this.#readOthers(list)
  }

  /** What is written in another way than most numbers are. */
  #readOthers({ rows, count }: RowList): void {
    const { values, states } = this
    const { columns } = this.#blocks
    const { bytes } = columns
    const [starts, ends] = [columns.starts(this.column), columns.ends(this.column)]
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      if (states[row] !== 2) continue
      const value = readNumber(bytes, starts[row] as number, ends[row] as number)
      states[row] = value === undefined ? NO_NUMBER : 1
      values[row] = value ?? 0
    }
  }
}
