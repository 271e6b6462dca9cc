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
    case 'max':
      return new ExtremeAccumulator(storage, fields.number(column), aggregation)
    case 'quantile':
      return new SketchAccumulator(storage, fields.number(column))
    case 'sum':
    case 'avg':
    case 'percentage':
    case 'percentile':
      return new SumAccumulator(storage, fields.number(column))
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

/** What sums and extremes have in common: a number per group, or none yet. */
abstract class NumberAccumulator implements Accumulator {
  readonly storage: string
  readonly column: number
  protected values: Float64Array = new Float64Array(64)
  protected seen: Uint8Array = new Uint8Array(64)
  readonly #number: NumberField

  constructor(storage: string, number: NumberField) {
    this.storage = storage
    this.column = number.column
    this.#number = number
  }

  makeRoom(groups: number): void {
    this.values = grown(this.values, groups)
    this.seen = grown(this.seen, groups)
  }

  add(list: RowList, groups: Int32Array, sampled: Uint8Array): number {
    const number = this.#number
    number.read(list)
    return this.addNumbers(list, { groups, sampled, states: number.states, numbers: number.values })
  }

  value(group: number): number | undefined {
    return this.seen[group] === 1 ? this.values[group] : undefined
  }

  clear(): void {
    this.seen.fill(0)
    this.values.fill(0)
  }

  protected abstract addNumbers(rows: RowList, numbers: Numbers): number
}

interface Numbers {
  readonly groups: Int32Array
  readonly sampled: Uint8Array
  /** By row; see {@link NumberField}. */
  readonly states: Uint8Array
  readonly numbers: Float64Array
}

class SumAccumulator extends NumberAccumulator {
  protected override addNumbers({ rows, count }: RowList, { groups, sampled, states, numbers }: Numbers): number {
    const { values, seen } = this
    let bad = 0
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      if (states[row] !== 1) {
        if (states[row] !== 0) bad++
        continue
      }
      const group = groups[i] as number
      sampled[i] = 1
      // The first number itself, not added to 0: that would lose the sign of -0.
      values[group] =
        seen[group] === 0 ? (numbers[row] as number) : (values[group] as number) + (numbers[row] as number)
      seen[group] = 1
    }
    return bad
  }
}

class ExtremeAccumulator extends NumberAccumulator {
  readonly #sign: number

  constructor(storage: string, number: NumberField, aggregation: 'min' | 'max') {
    super(storage, number)
    this.#sign = aggregation === 'min' ? 1 : -1
  }

  protected override addNumbers({ rows, count }: RowList, { groups, sampled, states, numbers }: Numbers): number {
    const { values, seen } = this
    const sign = this.#sign
    let bad = 0
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      if (states[row] !== 1) {
        if (states[row] !== 0) bad++
        continue
      }
      const group = groups[i] as number
      const number = numbers[row] as number
      sampled[i] = 1
      if (seen[group] === 0 || (values[group] as number) * sign > number * sign) values[group] = number
      seen[group] = 1
    }
    return bad
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
