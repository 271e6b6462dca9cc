import { lineCount, type LineBatch } from '@logflow/core'
import { createAccumulators, type Accumulator } from './accumulators.ts'
import { compileCondition, type Condition } from './conditions.ts'
import { hasField } from './field.ts'
import { GroupTable } from './group-table.ts'
import type { PartialGroup } from './partial-group.ts'
import type { Plan } from './plan.ts'
import { Row, type RowOptions } from './row.ts'

/** Options of {@link Aggregator}. */
export type AggregatorOptions = RowOptions

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
 * Accumulates lines for one plan, on their bytes: conditions, `set`, groups and sums, in one pass per line and without
 * an object or a string for any of them. Give it the lines that pass the {@link lineFilterPattern} of the query.
 */
export class Aggregator {
  readonly #row: Row
  readonly #conditions: readonly Condition[]
  readonly #groups: GroupTable
  readonly #accumulators: readonly Accumulator[]
  #samples = new Float64Array(64)
  #lines = 0
  #matched = 0
  #malformed = 0
  #badNumbers = 0

  constructor(plan: Plan, options: AggregatorOptions) {
    const { where, select, groupBy } = plan.query
    this.#row = new Row(plan, options)
    this.#conditions = where.map(condition => compileCondition(condition, this.#row))
    this.#groups = new GroupTable(groupBy.map(name => this.#row.assigned(name)))
    this.#accumulators = createAccumulators(select, this.#row)
  }

  /** Groups held. */
  get groups(): number {
    return this.#groups.size
  }

  /** A snapshot of the counters. */
  stats(): AggregatorStats {
    return {
      lines: this.#lines,
      matched: this.#matched,
      malformed: this.#malformed,
      badNumbers: this.#badNumbers,
    }
  }

  /** Takes the lines of a batch. Nothing of the batch is kept. */
  add(batch: LineBatch): void {
    const { scanner } = this.#row
    scanner.open(batch)
    for (const accumulator of this.#accumulators) accumulator.open(batch.bytes)
    const count = lineCount(batch)
    for (let index = 0, start = 0; index < count; index++) {
      const end = batch.ends[index] as number
      const verdict = scanner.scan(start, end)
      this.#lines++
      if (verdict === 'record') this.#addLine()
      else if (verdict === 'malformed') this.#malformed++
      start = end
    }
    for (const accumulator of this.#accumulators) accumulator.settle()
  }

  /** Hands over the groups and forgets them. A group without any value is left out. */
  take(): PartialGroup[] {
    const taken: PartialGroup[] = []
    for (let group = 0; group < this.#groups.size; group++) {
      const values = new Map<string, number | string>()
      for (const accumulator of this.#accumulators) {
        const value = accumulator.value(group)
        if (value !== undefined) values.set(accumulator.storage, value)
      }
      if (values.size === 0) continue
      taken.push({ key: this.#groups.key(group), samples: this.#samples[group] as number, values })
    }
    this.#groups.clear()
    this.#samples.fill(0)
    for (const accumulator of this.#accumulators) accumulator.clear()
    return taken
  }

  #addLine(): void {
    const line = this.#lines
    for (const condition of this.#conditions) if (!condition(line)) return
    this.#matched++
    this.#row.assign()
    let group = -1
    let sampled = false
    for (const accumulator of this.#accumulators) {
      if (!hasField(accumulator.field)) continue
      // A line without any of the fields must not make a group.
      if (group === -1) group = this.#groups.groupOfLine()
      if (accumulator.add(group, line)) sampled = true
      else this.#badNumbers++
    }
    if (sampled) this.#addSample(group)
  }

  #addSample(group: number): void {
    if (group >= this.#samples.length) {
      const larger = new Float64Array(this.#samples.length * 2)
      larger.set(this.#samples)
      this.#samples = larger
    }
    this.#samples[group] = (this.#samples[group] as number) + 1
  }
}
