import type { Source } from '@logflow/core'

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
export interface FieldColumns {
  /** Lines read. */
  readonly lines: number
  /** Lines of the format that are broken. */
  readonly malformed: number
  /** What all columns point into. */
  readonly bytes: Uint8Array
  /** Takes lines; those opened before must be read to their end. Nothing of them is kept after that. */
  open(lines: WholeLines): void
  /** Fills the columns with the next lines that are records. Returns how many rows there are; 0 when no line is left. */
  next(): number
  /** By row, where a column's value begins; -1 for none. */
  starts(column: number): Int32Array
  /** By row, where a column's value ends. */
  ends(column: number): Int32Array
  /** A new column, for the caller to fill. Returns its number. */
  addColumn(): number
  /** Stores bytes for good; returns where they begin and end. */
  addText(text: string): readonly [start: number, end: number]
  /** Reserves bytes for values until the next rows are filled; returns where they begin. */
  reserve(size: number): number
  /** An empty list of rows. */
  rowList(): RowList
  /** The numbers of a column. */
  numberColumn(column: number): NumberColumn
  /** A table that knows no value yet. */
  keyTable(): KeyTable
}
