import type { Field, NumberField } from './field.ts'
import type { Aggregation, SelectItem } from './query.ts'
import type { Row } from './row.ts'
import { TextTable } from './text-table.ts'

/** No value of the group lies in the open batch. */
const NOWHERE = -1
/** One does, but a later one came from elsewhere. */
const OUTDATED = -2

/** One column of the result, for all groups. */
export interface Accumulator {
  readonly storage: string
  readonly field: Field
  /** Adds the value of the current line to the group; false when it is no number but should be. Only when the field is there. */
  add(group: number, line: number): boolean
  /** Before the lines of a batch. */
  open(bytes: Uint8Array): void
  /** After them, before its bytes go away. */
  settle(): void
  /** What the group has, or `undefined` when no line gave a value. */
  value(group: number): number | string | undefined
  /** Forgets all groups. */
  clear(): void
}

/** One accumulator for each different column; a column written twice has one value. */
export function createAccumulators(select: readonly SelectItem[], row: Row): Accumulator[] {
  const byStorage = new Map<string, Accumulator>()
  for (const item of select) {
    if (!byStorage.has(item.storage)) byStorage.set(item.storage, createAccumulator(item, row))
  }
  return [...byStorage.values()]
}

function createAccumulator({ storage, field: name, aggregation }: SelectItem, row: Row): Accumulator {
  const field = row.assigned(name)
  if (aggregation === 'count') return new CountAccumulator(storage, field)
  if (aggregation === 'last' || aggregation === 'len') return new LastAccumulator(storage, field)
  return new NumberAccumulator(storage, row.number(field), aggregation)
}

/** Grows to hold group `group`. */
function withRoom<T extends Float64Array | Uint8Array | Int32Array>(
  array: T,
  group: number,
  make: (length: number) => T,
): T {
  if (group < array.length) return array
  const larger = make(Math.max(group + 1, array.length * 2))
  larger.set(array)
  return larger
}

const floats = (length: number): Float64Array => new Float64Array(length)
const integers = (length: number): Int32Array => new Int32Array(length)
const flags = (length: number): Uint8Array => new Uint8Array(length)

class CountAccumulator implements Accumulator {
  readonly storage: string
  readonly field: Field
  #counts = floats(64)

  constructor(storage: string, field: Field) {
    this.storage = storage
    this.field = field
  }

  add(group: number): boolean {
    this.#counts = withRoom(this.#counts, group, floats)
    this.#counts[group] = (this.#counts[group] as number) + 1
    return true
  }

  open(): void {}

  settle(): void {}

  value(group: number): number | undefined {
    const count = this.#counts[group]
    return count === 0 ? undefined : count
  }

  clear(): void {
    this.#counts.fill(0)
  }
}

class NumberAccumulator implements Accumulator {
  readonly storage: string
  readonly field: Field
  readonly #number: NumberField
  readonly #kind: 'sum' | 'min' | 'max'
  #values = floats(64)
  #seen = flags(64)

  constructor(storage: string, number: NumberField, aggregation: Exclude<Aggregation, 'count' | 'last' | 'len'>) {
    this.storage = storage
    this.field = number.field
    this.#number = number
    this.#kind = aggregation === 'min' || aggregation === 'max' ? aggregation : 'sum'
  }

  add(group: number, line: number): boolean {
    const number = this.#number
    if (!number.read(line)) return false
    this.#values = withRoom(this.#values, group, floats)
    this.#seen = withRoom(this.#seen, group, flags)
    const { value } = number
    const before = this.#values[group] as number
    if (this.#seen[group] === 0) {
      this.#seen[group] = 1
      this.#values[group] = value
    } else if (this.#kind === 'sum') this.#values[group] = before + value
    else if (this.#kind === 'min' ? before > value : before < value) this.#values[group] = value
    return true
  }

  open(): void {}

  settle(): void {}

  value(group: number): number | undefined {
    return this.#seen[group] === 1 ? this.#values[group] : undefined
  }

  clear(): void {
    this.#seen.fill(0)
  }
}

/** Remembers where the last value lies, and copies it only when the batch ends; text it becomes when it is asked for. */
class LastAccumulator implements Accumulator {
  readonly storage: string
  readonly field: Field
  readonly #texts = new TextTable()
  #batchBytes: Uint8Array = new Uint8Array(0)
  /** Groups whose last value lies in the open batch, each once. */
  #touched = integers(64)
  #touchedCount = 0
  #starts = integers(64).fill(NOWHERE)
  #ends = integers(64)

  constructor(storage: string, field: Field) {
    this.storage = storage
    this.field = field
  }

  open(bytes: Uint8Array): void {
    this.#batchBytes = bytes
  }

  add(group: number): boolean {
    const { buffers, starts, ends, index } = this.field
    const buffer = buffers[index] as Uint8Array
    if (group >= this.#starts.length) this.#grow(group)
    const isPending = this.#starts[group] !== NOWHERE
    if (buffer !== this.#batchBytes) {
      // A constant or the result of a function: its buffer does not stay as it is.
      this.#texts.set(group, buffer, starts[index] as number, ends[index] as number)
      if (isPending) this.#starts[group] = OUTDATED
      return true
    }
    if (!isPending) this.#touched[this.#touchedCount++] = group
    this.#starts[group] = starts[index] as number
    this.#ends[group] = ends[index] as number
    return true
  }

  settle(): void {
    for (let i = 0; i < this.#touchedCount; i++) {
      const group = this.#touched[i] as number
      const start = this.#starts[group] as number
      if (start !== OUTDATED) this.#texts.set(group, this.#batchBytes, start, this.#ends[group] as number)
      this.#starts[group] = NOWHERE
    }
    this.#touchedCount = 0
  }

  value(group: number): string | undefined {
    return this.#texts.get(group)
  }

  clear(): void {
    this.#texts.clear()
  }

  #grow(group: number): void {
    const size = this.#starts.length
    this.#starts = withRoom(this.#starts, group, integers).fill(NOWHERE, size)
    this.#ends = withRoom(this.#ends, group, integers)
    this.#touched = withRoom(this.#touched, group, integers)
  }
}
