import type { Source } from '@logflow/core'
import { ColumnMemory } from './column-memory.ts'
import { KernelKeyTable } from './key-table.ts'
import { storeText } from './kernel-layout.ts'

/** Rows that are filled at a time: some columns of them stay in the processor's nearest cache. */
export const ROW_CAPACITY = 2048

/** Values of names that the lines need not have: a line that has the name has its own value. */
export type FieldConstants = ReadonlyMap<string, string>

/** Some whole lines of one source. A last line without `\n` is a line. */
export interface WholeLines {
  readonly source: Source
  readonly bytes: Uint8Array
  /** Exclusive ends of the lines, when lines may lack their `\n` (pieces of longer ones). @defaultValue after each `\n` */
  readonly ends?: Uint32Array
}

/** Numbers of rows, ascending. */
export interface RowList {
  /** Where the first `count` are; the array is another one when memory has grown. */
  readonly rows: Int32Array
  count: number
  /** Takes all rows below `count`. */
  fill(count: number): void
}

/** The numbers that a column holds, by row. */
export interface NumberColumn {
  readonly values: Float64Array
  /** 0: no such field, 1: a number, 2: not in the plain form `[+-]digits[.digits]` of at most 15 digits. */
  readonly states: Uint8Array
  /** Reads those of `rows`; returns how many are in state 2. */
  read(rows: RowList): number
}

/** Numbers distinct values: equal values, equal numbers, from 0 on in the order they are first seen. */
export interface KeyTable {
  /** Values known. */
  readonly size: number
  /** By position in the list of rows that was numbered last; the array is another one when memory has grown. */
  readonly numbers: Int32Array
  /** Numbers the values of a column in some rows; a row without the field has the empty value. */
  number(column: number, rows: RowList): void
  /** A value as text. */
  key(number: number): string
  /** Forgets all values. */
  clear(): void
}

/**
 * Finds fields in lines, many lines at a time: column `i` holds the values of the name `i` that was asked for. All
 * values lie in one memory: in row `r` column `c` is `bytes[starts(c)[r], ends(c)[r])`, and `starts(c)[r]` is -1 when the
 * line does not have the field. When a line has a name twice, the later one counts. Views are good until something is
 * opened, read on, added or reserved.
 */
export abstract class FieldColumns {
  /** Lines read. */
  lines = 0
  protected readonly memory: ColumnMemory
  /** Address of each column: starts, and behind them the ends. */
  protected readonly addresses: number[]
  #scratch = 0
  #scratchSize = 0
  #scratchUsed = 0

  constructor(columns: number, reserved: number) {
    this.memory = new ColumnMemory(reserved)
    const first = this.memory.allocate(columns * 8 * ROW_CAPACITY)
    this.addresses = Array.from({ length: columns }, (_, column) => first + column * 8 * ROW_CAPACITY)
  }

  /** Lines of the format that are broken. */
  abstract get malformed(): number

  /** Takes lines; those opened before must be read to their end. Nothing of them is kept after that. */
  abstract open(lines: WholeLines): void

  /** Fills the columns with the next lines that are records. Returns how many rows there are; 0 when no line is left. */
  abstract next(): number

  /** What all columns point into. */
  get bytes(): Uint8Array {
    return this.memory.bytes
  }

  /** By row, where a column's value begins; -1 for none. */
  starts(column: number): Int32Array {
    return this.memory.wordsAt(this.addresses[column] as number, ROW_CAPACITY)
  }

  /** By row, where a column's value ends. */
  ends(column: number): Int32Array {
    return this.memory.wordsAt((this.addresses[column] as number) + 4 * ROW_CAPACITY, ROW_CAPACITY)
  }

  /** A new column, for the caller to fill. Returns its number. */
  addColumn(): number {
    return this.addresses.push(this.memory.allocate(8 * ROW_CAPACITY)) - 1
  }

  /** Stores bytes for good; returns where they begin and end. */
  addText(text: string): readonly [start: number, end: number] {
    const [start, size] = storeText(this.memory, text)
    return [start, start + size]
  }

  /** Reserves bytes for values until the next rows are filled; returns where they begin. */
  reserve(size: number): number {
    if (this.#scratchUsed + size > this.#scratchSize) {
      this.#scratchSize = Math.max(size, 2 * this.#scratchSize, 16_384)
      this.#scratch = this.memory.allocate(this.#scratchSize)
      this.#scratchUsed = 0
    }
    const start = this.#scratch + this.#scratchUsed
    this.#scratchUsed += size
    return start
  }

  /** An empty list of rows. */
  rowList(): RowList {
    return new MemoryRowList(this.memory)
  }

  /** The numbers of a column. */
  numberColumn(column: number): NumberColumn {
    return new MemoryNumberColumn(this.memory, this.addresses[column] as number)
  }

  /** A table that knows no value yet. */
  keyTable(): KeyTable {
    return new KernelKeyTable(this.memory, column => this.addresses[column] as number)
  }

  /** What was reserved is free. */
  protected freeReserved(): void {
    this.#scratchUsed = 0
  }
}

/** A list of rows in the kernel's memory. */
export class MemoryRowList implements RowList {
  readonly address: number
  count = 0
  readonly #memory: ColumnMemory

  constructor(memory: ColumnMemory) {
    this.#memory = memory
    this.address = memory.allocate(4 * ROW_CAPACITY)
  }

  get rows(): Int32Array {
    return this.#memory.wordsAt(this.address, ROW_CAPACITY)
  }

  fill(count: number): void {
    const { rows } = this
    for (let row = 0; row < count; row++) rows[row] = row
    this.count = count
  }
}

class MemoryNumberColumn implements NumberColumn {
  readonly #memory: ColumnMemory
  readonly #column: number
  readonly #values: number
  readonly #states: number

  constructor(memory: ColumnMemory, column: number) {
    this.#memory = memory
    this.#column = column
    this.#values = memory.allocate(8 * ROW_CAPACITY)
    this.#states = memory.allocate(ROW_CAPACITY)
  }

  get values(): Float64Array {
    const first = this.#values >> 3
    return this.#memory.floats.subarray(first, first + ROW_CAPACITY)
  }

  get states(): Uint8Array {
    return this.#memory.bytes.subarray(this.#states, this.#states + ROW_CAPACITY)
  }

  read(rows: RowList): number {
    const column = this.#column
    const { address, count } = rows as MemoryRowList
    const ends = column + 4 * ROW_CAPACITY
    return this.#memory.kernel.numbers(address, count, column, ends, this.#values, this.#states)
  }
}
