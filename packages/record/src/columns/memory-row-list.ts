import type { ColumnMemory } from './column-memory.ts'
import { ROW_CAPACITY, type RowList } from './field-columns.ts'

/** A list of rows in the kernel's memory. */
export class MemoryRowList implements RowList {
  readonly address: number
  count = 0
  readonly #memory: ColumnMemory

  constructor(memory: ColumnMemory) {
    this.#memory = memory
    this.address = memory.allocate(4 * ROW_CAPACITY)
  }

  get rows(): Int32Array {
    return this.#memory.wordsAt(this.address, ROW_CAPACITY)
  }

  fill(count: number): void {
    const { rows } = this
    for (let row = 0; row < count; row++) rows[row] = row
    this.count = count
  }
}
