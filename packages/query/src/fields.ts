import { canHold, createFieldColumns, type FieldColumns, type RowList } from '@logflow/record'
import { lineFilterText } from './line-filter.ts'
import { FunctionChain } from './functions.ts'
import { NumberField } from './number-field.ts'
import type { Plan } from './plan.ts'
import type { SetAssignment } from './query.ts'

/** What the machine adds to every line, and which lines come. */
export interface FieldsOptions {
  /** Full host name, `$hostname` and `$server`. */
  readonly hostname: string
  /** Abbreviation of the local time zone, `$timezone`. @defaultValue 'UTC' */
  readonly timezone?: string | undefined
  /** Seconds east of UTC, `$timeoffset`. @defaultValue 0 */
  readonly timezoneOffsetSeconds?: number | undefined
  /**
   * Lines come as they lie in the file, not only those that pass the line filter of the query. Only for plans that
   * {@link canChooseLines}. @defaultValue false
   */
  readonly chooseLines?: boolean | undefined
}

/** Whether an aggregator for the plan can find out itself which lines the query is about. */
export function canChooseLines({ query, logFormat }: Plan): boolean {
  const text = lineFilterText(query)
  return text === '' || (text !== undefined && canHold(logFormat))
}

/**
 * The fields of the current rows, first as they were found, then as `set` leaves them. Every assignment has a column of
 * its own, so which value a name means at which point is decided once, here.
 */
export class Fields {
  readonly columns: FieldColumns
  /** Goes up with each block of rows. */
  block = 0
  readonly #found: ReadonlyMap<string, number>
  readonly #current: Map<string, number>
  readonly #assignments: Assignment[] = []
  readonly #numbers = new Map<number, NumberField>()

  constructor({ query, logFormat, fields }: Plan, options: FieldsOptions) {
    this.columns = createFieldColumns(logFormat, fields, {
      constants: constantsOf(options),
      held: options.chooseLines ? lineFilterText(query) || undefined : undefined,
    })
    this.#found = new Map(fields.map((name, column) => [name, column]))
    this.#current = new Map(this.#found)
    for (const { variable, argument, functions } of query.set) {
      const from = this.#current.get(argument) as number
      this.#assignments.push(new Assignment(this.columns, from, { literal: argument, functions }))
      this.#current.set(variable, this.#assignments.at(-1)?.column as number)
    }
  }

  /** The column of a field as the line has it, before `set`. */
  found(name: string): number {
    return this.#found.get(name) as number
  }

  /** The column of a field as `set` leaves it. */
  assigned(name: string): number {
    return this.#current.get(name) as number
  }

  /** The numbers in a column, shared between all who ask. */
  number(column: number): NumberField {
    let number = this.#numbers.get(column)
    if (!number) this.#numbers.set(column, (number = new NumberField(this, column)))
    return number
  }

  /** The next rows; 0 when no line is left. */
  next(): number {
    this.block++
    return this.columns.next()
  }

  /** Runs the `set` clause on some rows. */
  assign(rows: RowList): void {
    for (const assignment of this.#assignments) assignment.run(rows)
  }
}

/** One `set`: a column that is filled from another, or with its literal text where the line lacks the field. */
class Assignment {
  readonly column: number
  readonly #columns: FieldColumns
  readonly #from: number
  readonly #literal: readonly [start: number, end: number]
  readonly #functions: FunctionChain | undefined

  constructor(
    columns: FieldColumns,
    from: number,
    { literal, functions }: { readonly literal: string; readonly functions: SetAssignment['functions'] },
  ) {
    this.#columns = columns
    this.#from = from
    this.#literal = columns.addText(literal)
    this.#functions = functions.length === 0 ? undefined : new FunctionChain(functions)
    this.column = columns.addColumn()
  }

  run(list: RowList): void {
    this.#copy(list)
    if (this.#functions) this.#call(list, this.#functions)
  }

  #copy({ rows, count }: RowList): void {
    const [starts, ends] = [this.#columns.starts(this.column), this.#columns.ends(this.column)]
    const [fromStarts, fromEnds] = [this.#columns.starts(this.#from), this.#columns.ends(this.#from)]
    const [literalStart, literalEnd] = this.#literal
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number
      const found = fromStarts[row] !== -1
      starts[row] = found ? (fromStarts[row] as number) : literalStart
      ends[row] = found ? (fromEnds[row] as number) : literalEnd
    }
  }

  #call(list: RowList, functions: FunctionChain): void {
    const columns = this.#columns
    for (let i = 0; i < list.count; i++) {
      const row = list.rows[i] as number
      functions.call(
        columns.bytes,
        columns.starts(this.column)[row] as number,
        columns.ends(this.column)[row] as number,
      )
      const start = columns.reserve(functions.length)
      columns.bytes.set(functions.buffer.subarray(0, functions.length), start)
      columns.starts(this.column)[row] = start
      columns.ends(this.column)[row] = start + functions.length
    }
  }
}

function constantsOf({ hostname, timezone = 'UTC', timezoneOffsetSeconds = 0 }: FieldsOptions): Map<string, string> {
  return new Map([
    ['*', '*'],
    ['$empty', ''],
    ['$hostname', hostname],
    ['$server', hostname],
    ['$timezone', timezone],
    ['$timeoffset', String(timezoneOffsetSeconds)],
  ])
}
