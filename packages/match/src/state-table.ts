/** Bytes of bookkeeping per state beside its row and its threads. */
const OVERHEAD_BYTES = 32
const FIRST_CAPACITY = 16

/** What makes two states of the automaton the same: the same threads, context and decoder node. */
export interface StateKey {
  /** Ascending. Read, not kept. */
  readonly threads: Int32Array
  readonly context: number
  readonly node: number
}

/**
 * The states that a lazy automaton knows, each with a row of transitions. A state is named by the offset of its row in
 * `rows`, so that a step is `rows[state + byteClass]`. Memory is bounded: `add` refuses, and `clear` starts anew.
 */
export class StateTable {
  /** Transitions; 0 is not computed yet. Replaced by a larger array as states come. */
  rows: Int32Array
  readonly #stride: number
  readonly #maxBytes: number
  readonly #reserved: number
  #count: number
  #arena = new Int32Array(256)
  #arenaUsed = 0
  #starts = new Int32Array(FIRST_CAPACITY)
  #ends = new Int32Array(FIRST_CAPACITY)
  #facts = new Int32Array(FIRST_CAPACITY)
  #buckets = new Int32Array(FIRST_CAPACITY * 4)

  /** `reserved` rows come first and survive `clear`; their owner fills them. */
  constructor({ stride, reserved, maxBytes }: { stride: number; reserved: number; maxBytes: number }) {
    this.#stride = stride
    this.#reserved = reserved
    this.#maxBytes = maxBytes
    this.#count = reserved
    this.rows = new Int32Array(FIRST_CAPACITY * stride)
  }

  /** The state of this key, or `undefined`; `hash` is {@link hashKey} of it. */
  find(key: StateKey, hash: number): number | undefined {
    const mask = this.#buckets.length - 1
    for (let bucket = hash & mask; ; bucket = (bucket + 1) & mask) {
      const index = this.#buckets[bucket] as number
      if (index === 0) return undefined
      if (this.#is(index, key)) return index * this.#stride
    }
  }

  /** A new state with an empty row, or `undefined` when the memory is used up. */
  add(key: StateKey, hash: number): number | undefined {
    const used = this.#count * (this.#stride * 4 + OVERHEAD_BYTES) + this.#arenaUsed * 4
    const fits = used + this.#stride * 4 + key.threads.length * 4 <= this.#maxBytes
    // One state at least must fit, whatever its size, or the automaton would not move.
    if (!fits && this.#count > this.#reserved) return undefined
    const index = this.#count++
    if (index >= this.#starts.length) this.#grow()
    if (this.#arenaUsed + key.threads.length > this.#arena.length) {
      this.#arena = enlarged(this.#arena, Math.max(this.#arena.length * 2, this.#arenaUsed + key.threads.length))
    }
    this.#arena.set(key.threads, this.#arenaUsed)
    this.#starts[index] = this.#arenaUsed
    this.#arenaUsed += key.threads.length
    this.#ends[index] = this.#arenaUsed
    this.#facts[index] = key.node * 16 + key.context
    this.#insert(index, hash)
    const state = index * this.#stride
    this.rows.fill(0, state, state + this.#stride)
    return state
  }

  /** The threads of a state; valid until the next `add`. */
  threads(state: number): Int32Array {
    const index = state / this.#stride
    return this.#arena.subarray(this.#starts[index], this.#ends[index])
  }

  context(state: number): number {
    return (this.#facts[state / this.#stride] as number) & 15
  }

  node(state: number): number {
    return (this.#facts[state / this.#stride] as number) >>> 4
  }

  /** Forgets all states. */
  clear(): void {
    this.#count = this.#reserved
    this.#arenaUsed = 0
    this.#buckets.fill(0)
  }

  #is(index: number, key: StateKey): boolean {
    if (this.#facts[index] !== key.node * 16 + key.context) return false
    const start = this.#starts[index] as number
    const { threads } = key
    if ((this.#ends[index] as number) - start !== threads.length) return false
    for (let i = 0; i < threads.length; i++) if (this.#arena[start + i] !== threads[i]) return false
    return true
  }

  #insert(index: number, hash: number): void {
    const mask = this.#buckets.length - 1
    let bucket = hash & mask
    while (this.#buckets[bucket] !== 0) bucket = (bucket + 1) & mask
    this.#buckets[bucket] = index
  }

  #grow(): void {
    const capacity = this.#starts.length * 2
    this.#starts = enlarged(this.#starts, capacity)
    this.#ends = enlarged(this.#ends, capacity)
    this.#facts = enlarged(this.#facts, capacity)
    this.rows = enlarged(this.rows, capacity * this.#stride)
    this.#buckets = new Int32Array(capacity * 4)
    for (let index = this.#reserved; index < this.#count - 1; index++) {
      const state = index * this.#stride
      this.#insert(
        index,
        hashKey({ threads: this.threads(state), context: this.context(state), node: this.node(state) }),
      )
    }
  }
}

/** Mixes all of a key into 32 bits. */
export function hashKey({ threads, context, node }: StateKey): number {
  let hash = Math.imul(node * 16 + context + 1, 0x9e3779b1)
  for (let i = 0; i < threads.length; i++) hash = Math.imul(hash ^ (threads[i] as number), 0x01000193) ^ (hash >>> 15)
  return hash >>> 1
}

function enlarged(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(array)
  return larger
}
