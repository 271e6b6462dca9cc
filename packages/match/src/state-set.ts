/** A set of instruction numbers with insertion order, constant-time `add`, `has` and `clear`. */
export class StateSet {
  /** The members are the first `size` entries. */
  readonly members: Int32Array
  readonly #places: Int32Array
  size = 0

  constructor(capacity: number) {
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
}
