import type { RowList, WholeLines } from '@logflow/record'
import { createAccumulators, type Accumulator } from './accumulators.ts'
import { compileCondition, type Condition } from './conditions.ts'
import { Fields, type FieldsOptions } from './fields.ts'
import { GroupKeys } from './group-keys.ts'
import { grown } from './grown.ts'
import type { PartialGroup } from './partial-group.ts'
import type { Plan } from './plan.ts'

/** Options of {@link Aggregator}. */
export type AggregatorOptions = FieldsOptions

/** What an {@link Aggregator} has seen since it was made. */
export interface AggregatorStats {
  /** Lines taken. */
  readonly lines: number
  /** Lines that were records and for which all conditions held. */
  readonly matched: number
  /** Lines of the format that are broken: no line of them counts. */
  readonly malformed: number
  /** Values that should be numbers and are not; the line's other values count. */
  readonly badNumbers: number
}

/**
 * Accumulates lines for one plan, on their bytes and many lines at a time: a block of lines becomes columns of fields,
 * each condition leaves some of its rows, `set` adds columns, the rest is numbered by group, and each selected item goes
 * through its own column. No object or string is made for a line, a field or a known group. Give it the lines that pass
 * the {@link lineFilterPattern} of the query, or all lines where it {@link canChooseLines}.
 */
export class Aggregator {
  readonly #fields: Fields
  readonly #rows: RowList
  readonly #conditions: readonly Condition[]
  readonly #groups: GroupKeys
  readonly #accumulators: readonly Accumulator[]
  #sampled = new Uint8Array(64)
  #samples = new Float64Array(64)
  #matched = 0
  #badNumbers = 0

  constructor(plan: Plan, options: AggregatorOptions) {
    const { where, select, groupBy } = plan.query
    this.#fields = new Fields(plan, options)
    const { columns } = this.#fields
    this.#rows = columns.rowList()
    this.#conditions = where.map(condition => compileCondition(condition, this.#fields))
    const keys = groupBy.map(name => this.#fields.assigned(name))
    this.#groups = new GroupKeys(columns, keys)
    this.#accumulators = createAccumulators(select, this.#fields)
  }

  /** Groups held. */
  get groups(): number {
    return this.#groups.size
  }

  /** A snapshot of the counters. */
  stats(): AggregatorStats {
    const { lines, malformed } = this.#fields.columns
    return { lines, matched: this.#matched, malformed, badNumbers: this.#badNumbers }
  }

  /** Takes some lines, such as a batch. Nothing of it is kept. */
  add(lines: WholeLines): void {
    const fields = this.#fields
    fields.columns.open(lines)
    for (let count = fields.next(); count > 0; count = fields.next()) this.#addRows(count)
  }

  /** Hands over the groups and forgets them. A group without any value is left out. */
  take(): PartialGroup[] {
    const taken: PartialGroup[] = []
    for (let group = 0; group < this.#groups.size; group++) {
      const values: [string, number | string][] = []
      for (const accumulator of this.#accumulators) {
        const value = accumulator.value(group)
        if (value !== undefined) values.push([accumulator.storage, value])
      }
      if (values.length === 0) continue
      taken.push({ key: this.#groups.key(group), samples: this.#samples[group] ?? 0, values: new Map(values) })
    }
    this.#groups.clear()
    this.#samples.fill(0)
    for (const accumulator of this.#accumulators) accumulator.clear()
    return taken
  }

  #addRows(count: number): void {
    const rows = this.#rows
    rows.fill(count)
    for (const condition of this.#conditions) condition(rows)
    this.#matched += rows.count
    this.#fields.assign(rows)
    // A line without any of the fields must not make a group.
    this.#leaveRowsWithFields(rows)
    if (rows.count === 0) return
    const groups = this.#groups.of(rows)
    if (this.#sampled.length < rows.count) this.#sampled = new Uint8Array(rows.count)
    const sampled = this.#sampled.fill(0, 0, rows.count)
    for (const accumulator of this.#accumulators) {
      accumulator.makeRoom(this.#groups.size)
      this.#badNumbers += accumulator.add(rows, groups, sampled)
    }
    this.#samples = grown(this.#samples, this.#groups.size)
    const samples = this.#samples
    for (let i = 0; i < rows.count; i++) {
      const group = groups[i] as number
      samples[group] = (samples[group] as number) + (sampled[i] as number)
    }
  }

  #leaveRowsWithFields(list: RowList): void {
    const { columns } = this.#fields
    const starts = this.#accumulators.map(({ column }) => columns.starts(column))
    const { rows, count } = list
    let kept = 0
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      let item = 0
      while (item < starts.length && (starts[item] as Int32Array)[row] === -1) item++
      if (item < starts.length) rows[kept++] = row
    }
    list.count = kept
  }
}
