/** Up to this many members, inserting each in its place is faster than a pass over a bit map of all. */
const FEW = 24

/** A set of instruction numbers with insertion order, constant-time `add`, `has` and `clear`. */
export class StateSet {
  /** The members are the first `size` entries. */
  readonly members: Int32Array
  readonly #places: Int32Array
  readonly #sorted: Int32Array
  readonly #bits: Int32Array
  size = 0

  constructor(capacity: number) {
    this.#sorted = new Int32Array(capacity)
    this.#bits = new Int32Array((capacity >>> 5) + 1)
    this.members = new Int32Array(capacity)
    this.#places = new Int32Array(capacity)
  }

  clear(): void {
    this.size = 0
  }

  has(value: number): boolean {
    const place = this.#places[value] as number
    return place < this.size && this.members[place] === value
  }

  /** Whether `value` was new. */
  add(value: number): boolean {
    if (this.has(value)) return false
    this.#places[value] = this.size
    this.members[this.size++] = value
    return true
  }

  /** The members in ascending order; valid until the next call. */
  ascending(): Int32Array {
    if (this.size <= FEW) this.#insertAll()
    else this.#readBits()
    return this.#sorted.subarray(0, this.size)
  }

  #insertAll(): void {
    const sorted = this.#sorted
    for (let i = 0; i < this.size; i++) {
      const value = this.members[i] as number
      let place = i
      for (; place > 0 && (sorted[place - 1] as number) > value; place--) sorted[place] = sorted[place - 1] as number
      sorted[place] = value
    }
  }

  #readBits(): void {
    const bits = this.#bits
    for (let i = 0; i < this.size; i++) {
      const value = this.members[i] as number
      bits[value >>> 5] = (bits[value >>> 5] as number) | (1 << (value & 31))
    }
    let filled = 0
    for (let word = 0; word < bits.length; word++) {
      for (let rest = bits[word] as number; rest !== 0; rest &= rest - 1) {
        this.#sorted[filled++] = word * 32 + (31 - Math.clz32(rest & -rest))
      }
      bits[word] = 0
    }
  }
}
