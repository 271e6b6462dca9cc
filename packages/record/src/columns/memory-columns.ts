import { ColumnMemory } from './column-memory.ts'
import {
  ROW_CAPACITY,
  type FieldColumns,
  type KeyTable,
  type NumberColumn,
  type RowList,
  type WholeLines,
} from './field-columns.ts'
import { KernelKeyTable } from './key-table.ts'
import { storeText } from './kernel-layout.ts'
import { MemoryRowList } from './memory-row-list.ts'

/** Columns in a memory that the kernel works on; formats fill them. */
export abstract class MemoryColumns implements FieldColumns {
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

  abstract get malformed(): number

  abstract open(lines: WholeLines): void

  abstract next(): number

  get bytes(): Uint8Array {
    return this.memory.bytes
  }

  starts(column: number): Int32Array {
    return this.memory.wordsAt(this.addresses[column] as number, ROW_CAPACITY)
  }

  ends(column: number): Int32Array {
    return this.memory.wordsAt((this.addresses[column] as number) + 4 * ROW_CAPACITY, ROW_CAPACITY)
  }

  addColumn(): number {
    return this.addresses.push(this.memory.allocate(8 * ROW_CAPACITY)) - 1
  }

  addText(text: string): readonly [start: number, end: number] {
    const [start, size] = storeText(this.memory, text)
    return [start, start + size]
  }

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

  rowList(): RowList {
    return new MemoryRowList(this.memory)
  }

  numberColumn(column: number): NumberColumn {
    return new MemoryNumberColumn(this.memory, this.addresses[column] as number)
  }

  keyTable(): KeyTable {
    return new KernelKeyTable(this.memory, column => this.addresses[column] as number)
  }

  /** What was reserved is free. */
  protected freeReserved(): void {
    this.#scratchUsed = 0
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
