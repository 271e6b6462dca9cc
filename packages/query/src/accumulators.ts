import type { FieldColumns, RowList } from '@logflow/record'
import type { Fields } from './fields.ts'
import { grown } from './grown.ts'
import type { NumberField } from './number-field.ts'
import type { SelectItem } from './query.ts'
import { Sketch } from './sketch.ts'
import { TextTable } from './text-table.ts'

/** One column of the result, for all groups. */
export interface Accumulator {
  readonly storage: string
  /** Where its values come from. */
  readonly column: number
  /** Before values for groups below `groups` are added. */
  makeRoom(groups: number): void
  /**
   * Adds the values of the rows that have one to their groups; `groups` and `sampled` go by position in the list.
   * Sets `sampled` to 1 for each value. Returns how many are no numbers but should be.
   */
  add(rows: RowList, groups: Int32Array, sampled: Uint8Array): number
  /** What the group has, or `undefined` when no line gave a value. */
  value(group: number): number | string | undefined
  /** Forgets all groups. */
  clear(): void
}

/** One accumulator for each different column; a column written twice has one value. */
export function createAccumulators(select: readonly SelectItem[], fields: Fields): Accumulator[] {
  const byStorage = new Map<string, Accumulator>()
  for (const item of select) {
    if (!byStorage.has(item.storage)) byStorage.set(item.storage, createAccumulator(item, fields))
  }
  return [...byStorage.values()]
}

function createAccumulator({ storage, field, aggregation }: SelectItem, fields: Fields): Accumulator {
  const column = fields.assigned(field)
  switch (aggregation) {
    case 'count':
      return new CountAccumulator(storage, column, fields.columns)
    case 'last':
    case 'len':
      return new LastAccumulator(storage, column, fields.columns)
    case 'min':
      return new NumberAccumulator(storage, fields.number(column), 1)
    case 'max':
      return new NumberAccumulator(storage, fields.number(column), -1)
    case 'quantile':
      return new SketchAccumulator(storage, fields.number(column))
    case 'sum':
    case 'avg':
    case 'percentage':
    case 'percentile':
      return new NumberAccumulator(storage, fields.number(column), 0)
  }
}

class CountAccumulator implements Accumulator {
  readonly storage: string
  readonly column: number
  readonly #columns: FieldColumns
  #counts = new Float64Array(64)

  constructor(storage: string, column: number, columns: FieldColumns) {
    this.storage = storage
    this.column = column
    this.#columns = columns
  }

  makeRoom(groups: number): void {
    this.#counts = grown(this.#counts, groups)
  }

  add({ rows, count }: RowList, groups: Int32Array, sampled: Uint8Array): number {
    const counts = this.#counts
    const starts = this.#columns.starts(this.column)
    for (let i = 0; i < count; i++) {
      if (starts[rows[i] as number] === -1) continue
      const group = groups[i] as number
      counts[group] = (counts[group] as number) + 1
      sampled[i] = 1
    }
    return 0
  }

  value(group: number): number | undefined {
    const count = this.#counts[group]
    return count === 0 ? undefined : count
  }

  clear(): void {
    this.#counts.fill(0)
  }
}

/** Sums and extremes: a number per group, or none yet. */
class NumberAccumulator implements Accumulator {
  readonly storage: string
  readonly column: number
  readonly #number: NumberField
  /** What wins: with 1 the smaller number, with -1 the larger one; with 0 the two are added. */
  readonly #sign: number
  #values = new Float64Array(64)
  #seen = new Uint8Array(64)

  constructor(storage: string, number: NumberField, sign: -1 | 0 | 1) {
    this.storage = storage
    this.column = number.column
    this.#number = number
    this.#sign = sign
  }

  makeRoom(groups: number): void {
    this.#values = grown(this.#values, groups)
    this.#seen = grown(this.#seen, groups)
  }

  add(list: RowList, groups: Int32Array, sampled: Uint8Array): number {
    this.#number.read(list)
    const { rows, count } = list
    const { states, values: numbers } = this.#number
    const [values, seen, sign] = [this.#values, this.#seen, this.#sign]
    let bad = 0
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      if (states[row] !== 1) {
        if (states[row] !== 0) bad++
        continue
      }
      const group = groups[i] as number
      const number = numbers[row] as number
      const known = values[group] as number
      sampled[i] = 1
      // The first number of a sum itself, not added to 0: that would lose the sign of -0.
      if (seen[group] === 0) values[group] = number
      else if (sign === 0) values[group] = known + number
      else if (known * sign > number * sign) values[group] = number
      seen[group] = 1
    }
    return bad
  }

  value(group: number): number | undefined {
    return this.#seen[group] === 1 ? this.#values[group] : undefined
  }

  clear(): void {
    this.#seen.fill(0)
  }
}

/** Counts numbers for quantiles; the value of a group is its sketch, as text. */
class SketchAccumulator implements Accumulator {
  readonly storage: string
  readonly column: number
  readonly #number: NumberField
  #sketches: (Sketch | undefined)[] = []

  constructor(storage: string, number: NumberField) {
    this.storage = storage
    this.column = number.column
    this.#number = number
  }

  makeRoom(): void {}

  add(list: RowList, groups: Int32Array, sampled: Uint8Array): number {
    this.#number.read(list)
    const { states, values } = this.#number
    const { rows, count } = list
    let bad = 0
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      const value = values[row] as number
      if (states[row] !== 1 || Number.isNaN(value)) {
        if (states[row] !== 0) bad++
        continue
      }
      sampled[i] = 1
      const group = groups[i] as number
      ;(this.#sketches[group] ??= new Sketch()).add(value)
    }
    return bad
  }

  value(group: number): string | undefined {
    return this.#sketches[group]?.format()
  }

  clear(): void {
    this.#sketches = []
  }
}

/** Keeps the last text of each group; text it becomes when it is asked for. */
class LastAccumulator implements Accumulator {
  readonly storage: string
  readonly column: number
  readonly #columns: FieldColumns
  readonly #texts = new TextTable()
  /** By group, the call of `add` that gave it a text last. */
  #given = new Int32Array(64)
  #call = 0

  constructor(storage: string, column: number, columns: FieldColumns) {
    this.storage = storage
    this.column = column
    this.#columns = columns
  }

  makeRoom(groups: number): void {
    this.#given = grown(this.#given, groups)
  }

  /** From the last row back, so that a text is copied only when it stays. */
  add({ rows, count }: RowList, groups: Int32Array, sampled: Uint8Array): number {
    const { bytes } = this.#columns
    const [starts, ends] = [this.#columns.starts(this.column), this.#columns.ends(this.column)]
    const given = this.#given
    const call = ++this.#call
    for (let i = count - 1; i >= 0; i--) {
      const row = rows[i] as number
      const start = starts[row] as number
      if (start === -1) continue
      sampled[i] = 1
      const group = groups[i] as number
      if (given[group] === call) continue
      given[group] = call
      this.#texts.set(group, bytes, start, ends[row] as number)
    }
    return 0
  }

  value(group: number): string | undefined {
    return this.#texts.get(group)
  }

  clear(): void {
    this.#texts.clear()
  }
}
