import { decodeText } from '../text.ts'
import type { ColumnMemory } from './column-memory.ts'
import { ROW_CAPACITY, type KeyTable, type RowList } from './field-columns.ts'
import type { MemoryRowList } from './memory-row-list.ts'

// The head of the table, as indexes of 32-bit words; see `groups` in kernel.wat.
const SIZE = 0
const LIMIT = 1
const MASK = 2
const SLOTS = 3
const ENTRIES = 4
const BYTES = 5
const USED = 6
const ROOM = 7
const HEAD_WORDS = 8

const ENTRY_WORDS = 4
const FIRST_SLOTS = 1024
const FIRST_ROOM = 16_384

/** A hash table in the kernel's memory; open addressing, at most half full. */
export class KernelKeyTable implements KeyTable {
  readonly #memory: ColumnMemory
  readonly #addressOf: (column: number) => number
  readonly #head: number
  readonly #numbers: number

  /** `addressOf` gives the address of a column's starts. */
  constructor(memory: ColumnMemory, addressOf: (column: number) => number) {
    this.#memory = memory
    this.#addressOf = addressOf
    this.#head = memory.allocate(4 * HEAD_WORDS)
    this.#numbers = memory.allocate(4 * ROW_CAPACITY)
    this.#set(BYTES, memory.allocate(FIRST_ROOM))
    this.#set(ROOM, FIRST_ROOM)
    this.#resize(FIRST_SLOTS)
  }

  get size(): number {
    return this.#get(SIZE)
  }

  get numbers(): Int32Array {
    return this.#memory.wordsAt(this.#numbers, ROW_CAPACITY)
  }

  number(column: number, rows: RowList): void {
    const starts = this.#addressOf(column)
    const ends = starts + 4 * ROW_CAPACITY
    const { address, count } = rows as MemoryRowList
    for (let done = 0; ;) {
      const [from, out] = [address + 4 * done, this.#numbers + 4 * done]
      done += this.#memory.kernel.groups(from, count - done, starts, ends, out, this.#head)
      if (done === count) return
      const row = rows.rows[done] as number
      this.#makeRoom(
        (this.#memory.words[(ends >> 2) + row] as number) - (this.#memory.words[(starts >> 2) + row] as number),
      )
    }
  }

  key(number: number): string {
    const entry = (this.#get(ENTRIES) >> 2) + number * ENTRY_WORDS
    const start = this.#get(BYTES) + (this.#memory.words[entry + 1] as number)
    return decodeText(this.#memory.bytes, start, start + (this.#memory.words[entry + 2] as number))
  }

  clear(): void {
    this.#set(SIZE, 0)
    this.#set(USED, 0)
    this.#memory.wordsAt(this.#get(SLOTS), this.#get(MASK) + 1).fill(0)
  }

  /** The kernel found no room for a new value of this size: for its bytes, or for its number. */
  #makeRoom(size: number): void {
    if (this.#get(SIZE) >= this.#get(LIMIT)) this.#resize((this.#get(MASK) + 1) * 2)
    if (this.#get(USED) + size <= this.#get(ROOM)) return
    const room = 2 * (this.#get(ROOM) + size)
    const [from, to] = [this.#get(BYTES), this.#memory.allocate(room)]
    this.#memory.bytes.copyWithin(to, from, from + this.#get(USED))
    this.#set(BYTES, to)
    this.#set(ROOM, room)
  }

  #resize(slotCount: number): void {
    const limit = slotCount >> 1
    const slotsAddress = this.#memory.allocate(4 * slotCount)
    const entriesAddress = this.#memory.allocate(4 * ENTRY_WORDS * limit)
    const size = this.#get(SIZE)
    const from = this.#get(ENTRIES)
    this.#memory.bytes.copyWithin(entriesAddress, from, from + 4 * ENTRY_WORDS * size)
    const entries = this.#memory.wordsAt(entriesAddress, ENTRY_WORDS * size)
    const slots = this.#memory.wordsAt(slotsAddress, slotCount)
    const mask = slotCount - 1
    for (let key = 0; key < size; key++) {
      let slot = (entries[ENTRY_WORDS * key] as number) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = key + 1
    }
    this.#set(LIMIT, limit)
    this.#set(MASK, mask)
    this.#set(SLOTS, slotsAddress)
    this.#set(ENTRIES, entriesAddress)
  }

  #get(word: number): number {
    return this.#memory.words[(this.#head >> 2) + word] as number
  }

  #set(word: number, value: number): void {
    this.#memory.words[(this.#head >> 2) + word] = value
  }
}
