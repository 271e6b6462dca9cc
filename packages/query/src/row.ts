import { createFieldScanner, type FieldScanner } from '@logflow/record'
import { NumberField, type Field } from './field.ts'
import { FunctionChain } from './functions.ts'
import type { Plan } from './plan.ts'
import type { SetAssignment } from './query.ts'

/** What the machine adds to every line: host and zone. */
export interface RowOptions {
  /** Full host name, `$hostname` and `$server`. */
  readonly hostname: string
  /** Abbreviation of the local time zone, `$timezone`. @defaultValue 'UTC' */
  readonly timezone?: string | undefined
  /** Seconds east of UTC, `$timeoffset`. @defaultValue 0 */
  readonly timezoneOffsetSeconds?: number | undefined
}

const encoder = new TextEncoder()

/**
 * The fields of the current line, first as they were scanned, then as `set` leaves them. Every assignment has a slot of
 * its own, so which value a name means at which point is decided once, here, and nothing is copied per line.
 */
export class Row {
  readonly scanner: FieldScanner
  readonly #scanned: ReadonlyMap<string, Field>
  readonly #current: Map<string, Field>
  readonly #assignments: Assignment[] = []
  readonly #numbers = new Map<Field, NumberField>()

  constructor({ query, logFormat, fields }: Plan, options: RowOptions) {
    this.scanner = createFieldScanner(logFormat, fields, constantsOf(options))
    const { buffers, starts, ends } = this.scanner
    this.#scanned = new Map(fields.map((name, index) => [name, { buffers, starts, ends, index }]))
    this.#current = new Map(this.#scanned)
    for (const assignment of query.set) this.#addAssignment(assignment)
  }

  /** A field as the line has it, before `set`. */
  scanned(name: string): Field {
    return this.#scanned.get(name) as Field
  }

  /** A field as `set` leaves it. */
  assigned(name: string): Field {
    return this.#current.get(name) as Field
  }

  /** The number in a field, shared between all who ask. */
  number(field: Field): NumberField {
    let number = this.#numbers.get(field)
    if (!number) this.#numbers.set(field, (number = new NumberField(field)))
    return number
  }

  /** Runs the `set` clause on the current line. */
  assign(): void {
    for (const assignment of this.#assignments) assignment.run()
  }

  #addAssignment({ variable, argument, functions }: SetAssignment): void {
    const assignment = new Assignment(this.#current.get(argument) as Field, argument, functions)
    this.#assignments.push(assignment)
    this.#current.set(variable, assignment)
  }
}

/** One `set`: a slot that is filled from another, or from its literal text where the line lacks the field. */
class Assignment implements Field {
  readonly buffers: Uint8Array[]
  readonly starts = new Int32Array(1)
  readonly ends = new Int32Array(1)
  readonly index = 0
  readonly #from: Field
  readonly #literal: Uint8Array
  readonly #functions: FunctionChain | undefined

  constructor(from: Field, literal: string, functions: SetAssignment['functions']) {
    this.#from = from
    this.#literal = encoder.encode(literal)
    this.#functions = functions.length === 0 ? undefined : new FunctionChain(functions)
    this.buffers = [this.#literal]
  }

  run(): void {
    const { buffers, starts, ends, index } = this.#from
    const found = starts[index] !== -1
    const bytes = found ? (buffers[index] as Uint8Array) : this.#literal
    const start = found ? (starts[index] as number) : 0
    const end = found ? (ends[index] as number) : this.#literal.length
    if (!this.#functions) return this.#point(bytes, start, end)
    this.#functions.call(bytes, start, end)
    this.#point(this.#functions.buffer, 0, this.#functions.length)
  }

  #point(bytes: Uint8Array, start: number, end: number): void {
    this.buffers[0] = bytes
    this.starts[0] = start
    this.ends[0] = end
  }
}

function constantsOf({ hostname, timezone = 'UTC', timezoneOffsetSeconds = 0 }: RowOptions): Map<string, string> {
  return new Map([
    ['*', '*'],
    ['$empty', ''],
    ['$hostname', hostname],
    ['$server', hostname],
    ['$timezone', timezone],
    ['$timeoffset', String(timezoneOffsetSeconds)],
  ])
}
