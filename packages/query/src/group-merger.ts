import { QueryError } from './errors.ts'
import { formatFixed, formatInteger, formatShortest } from './format-number.ts'
import { MAX_RESULT_GROUPS } from './limits.ts'
import { parseNumber, saturatedNumber } from './parse-number.ts'
import type { PartialGroup } from './partial-group.ts'
import type { Query, SelectItem } from './query.ts'
import { parseSketch, Sketch } from './sketch.ts'
import { compareKeys, type ResultRow } from './result-row.ts'

/** Options of {@link GroupMerger}. */
export interface GroupMergerOptions {
  /** Groups at most; one more is an error. @defaultValue 1000000 */
  readonly maxGroups?: number | undefined
}

interface MergedGroup {
  samples: number
  /** By column; for `last` and `len` unused. */
  readonly numbers: Float64Array
  /** By column; for all others unused. */
  readonly texts: string[]
  /** By column; only for quantiles. */
  readonly sketches: (Sketch | undefined)[]
}

const encoder = new TextEncoder()

/**
 * Puts the partial groups of many servers, or of many intervals, together, and makes rows of them.
 *
 * A value that a partial group lacks counts as 0, or as the empty text, from its very first merge on. That is what DTail
 * does: `min(x)` becomes 0 as soon as one server has the group without any `x`.
 */
export class GroupMerger {
  readonly #query: Query
  readonly #columns: readonly SelectItem[]
  readonly #maxGroups: number
  readonly #groups = new Map<string, MergedGroup>()

  constructor(query: Query, { maxGroups = MAX_RESULT_GROUPS }: GroupMergerOptions = {}) {
    this.#query = query
    this.#columns = uniqueColumns(query.select)
    this.#maxGroups = maxGroups
  }

  /** Groups held. */
  get size(): number {
    return this.#groups.size
  }

  /** Adds what one server knows. A group without values is no news. @throws QueryError `LF_QUERY_TOO_MANY_GROUPS` */
  merge(groups: Iterable<PartialGroup>): void {
    for (const group of groups) if (group.values.size > 0) this.#mergeGroup(group)
  }

  /** Forgets everything, for queries that report each interval for itself. */
  clear(): void {
    this.#groups.clear()
  }

  /** All rows, in the order of the query: by key, then stable by the `order by` item. Limits are for who prints. */
  rows(): ResultRow[] {
    const { select, orderBy, ascending } = this.#query
    const keys = [...this.#groups.keys()].sort(compareKeys)
    const cells = select.map(item => this.#cellsOf(item))
    const orderColumn = select.findLastIndex(item => item.storage === orderBy)
    const rows = keys.map(key => {
      const group = this.#groups.get(key) as MergedGroup
      const shown = cells.map(cell => cell(group))
      return { row: { key, values: shown.map(cell => cell.text) }, order: shown[orderColumn]?.value ?? 0 }
    })
    if (orderColumn !== -1) rows.sort((a, b) => compareNumbers(a.order, b.order) * (ascending ? 1 : -1))
    return rows.map(({ row }) => row)
  }

  #mergeGroup({ key, samples, values }: PartialGroup): void {
    const known = this.#groups.get(key)
    const isNew = known === undefined
    const group = known ?? this.#addGroup(key)
    let sampled = false
    for (const [column, { storage, aggregation }] of this.#columns.entries()) {
      const value = values.get(storage)
      if (aggregation === 'last' || aggregation === 'len') {
        group.texts[column] = value === undefined ? '' : textOf(value)
        sampled ||= value !== undefined
        continue
      }
      if (aggregation === 'quantile') {
        sampled = this.#mergeSketch(group, column, value) || sampled
        continue
      }
      const number = value === undefined ? undefined : numberOf(value)
      sampled ||= number !== undefined
      const before = group.numbers[column] as number
      group.numbers[column] = isNew ? (number ?? 0) : combine(aggregation, before, number ?? 0)
    }
    if (sampled) group.samples += samples
  }

  #addGroup(key: string): MergedGroup {
    if (this.#groups.size >= this.#maxGroups)
      throw new QueryError('LF_QUERY_TOO_MANY_GROUPS', `the query gives more than ${this.#maxGroups} groups`, {
        detail: { limit: this.#maxGroups },
      })
    const group = newGroup(this.#columns.length)
    this.#groups.set(key, group)
    return group
  }

  /** Whether there was a sketch to be merged. */
  #mergeSketch(group: MergedGroup, column: number, value: number | string | undefined): boolean {
    const counts = typeof value === 'string' ? parseSketch(value) : undefined
    if (!counts) return false
    const sketch = (group.sketches[column] ??= new Sketch())
    sketch.merge(counts)
    return true
  }

  /** How a column is shown, and what it is ordered by. */
  #cellsOf({ storage, aggregation, percent = 0 }: SelectItem): (group: MergedGroup) => Cell {
    const column = this.#columns.findIndex(item => item.storage === storage)
    const number = ({ numbers }: MergedGroup): number => numbers[column] as number
    switch (aggregation) {
      case 'last':
        return ({ texts }) => ({ text: texts[column] as string, value: saturatedNumber(texts[column] as string) ?? 0 })
      case 'len':
        return ({ texts }) => fixed(encoder.encode(texts[column]).length)
      case 'count':
        return group => ({ text: formatInteger(number(group)), value: number(group) })
      case 'avg':
        return group => fixed(group.samples === 0 ? 0 : number(group) / group.samples)
      case 'percentage': {
        const total = this.#sum(column)
        return group => fixed(total === 0 ? 0 : (number(group) / total) * 100)
      }
      case 'percentile': {
        const ranks = this.#ranks(column)
        return group => fixed(ranks(number(group)))
      }
      case 'quantile':
        return ({ sketches }) => fixed(sketches[column]?.quantile(percent) ?? 0)
      case 'sum':
      case 'min':
      case 'max':
        return group => fixed(number(group))
    }
  }

  #sum(column: number): number {
    let sum = 0
    for (const { numbers } of this.#groups.values()) sum += numbers[column] as number
    return sum
  }

  /** Share of groups, in percent, whose value is at most the given one. */
  #ranks(column: number): (value: number) => number {
    const sorted = Float64Array.from(this.#groups.values(), group => group.numbers[column] as number).sort()
    return value => {
      let low = 0
      let high = sorted.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if ((sorted[middle] as number) > value) high = middle
        else low = middle + 1
      }
      return (low / sorted.length) * 100
    }
  }
}

interface Cell {
  readonly text: string
  readonly value: number
}

function fixed(value: number): Cell {
  return { text: formatFixed(value), value }
}

function uniqueColumns(select: readonly SelectItem[]): SelectItem[] {
  return [...new Map(select.toReversed().map(item => [item.storage, item])).values()].toReversed()
}

function newGroup(columns: number): MergedGroup {
  return {
    samples: 0,
    numbers: new Float64Array(columns),
    texts: Array.from({ length: columns }, () => ''),
    sketches: [],
  }
}

function combine(aggregation: SelectItem['aggregation'], before: number, value: number): number {
  if (aggregation === 'min') return before > value ? value : before
  if (aggregation === 'max') return before < value ? value : before
  return before + value
}

function numberOf(value: number | string): number | undefined {
  return typeof value === 'number' ? value : parseNumber(value)
}

function textOf(value: number | string): string {
  return typeof value === 'string' ? value : formatShortest(value)
}

/** NaN is equal to all, as with Go's `<` and `>`; a sort by that stays stable. */
function compareNumbers(a: number, b: number): number {
  if (a < b) return -1
  return a > b ? 1 : 0
}
