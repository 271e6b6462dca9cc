import { decodeText } from '@logflow/record'
import type { Field } from './field.ts'

const COMMA = 0x2c

/**
 * Numbers the distinct values of some fields, joined by commas: groups 0, 1, 2… in the order they are first seen. Keys
 * are compared as bytes and stored once; nothing is allocated for a key that is known.
 */
export class GroupTable {
  readonly #fields: readonly Field[]
  #slots = new Int32Array(256).fill(-1)
  #hashes = new Int32Array(64)
  #ends = new Int32Array(64)
  #keys: Uint8Array = new Uint8Array(2048)
  #joined: Uint8Array = new Uint8Array(256)
  #size = 0
  #last = -1

  constructor(fields: readonly Field[]) {
    this.#fields = fields
  }

  /** Groups so far. */
  get size(): number {
    return this.#size
  }

  /** The key of a group as text. */
  key(group: number): string {
    return decodeText(this.#keys, this.#start(group), this.#ends[group])
  }

  /** The group of the current line. A missing field counts as an empty value. */
  groupOfLine(): number {
    const [only] = this.#fields
    if (this.#fields.length !== 1 || !only) return this.#find(this.#joined, 0, this.#join())
    const start = only.starts[only.index] as number
    if (start === -1) return this.#find(this.#joined, 0, 0)
    return this.#find(only.buffers[only.index] as Uint8Array, start, only.ends[only.index] as number)
  }

  /** Forgets all groups. */
  clear(): void {
    this.#slots.fill(-1)
    this.#size = 0
    this.#last = -1
  }

  /** Writes the values of the fields with commas between them to the buffer; returns how many bytes. */
  #join(): number {
    let size = 0
    for (const { buffers, starts, ends, index } of this.#fields) {
      const start = starts[index] as number
      const length = start === -1 ? 0 : (ends[index] as number) - start
      if (size + length + 1 > this.#joined.length) this.#joined = grown(this.#joined, size + length + 1)
      if (length > 0) copy(buffers[index] as Uint8Array, start, length, { into: this.#joined, at: size })
      size += length
      this.#joined[size++] = COMMA
    }
    return Math.max(0, size - 1)
  }

  #find(bytes: Uint8Array, from: number, to: number): number {
    // Neighbouring lines are often of one group: comparing is cheaper than hashing.
    if (this.#last !== -1 && this.#equals(this.#last, bytes, from, to)) return this.#last
    let hash = 0x811c9dc5
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
    // FNV's low bits are weak for keys that differ in high ones only.
    hash ^= hash >>> 15
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (let group = this.#slots[slot] as number; group !== -1; group = this.#slots[slot] as number) {
      if (this.#hashes[group] === hash && this.#equals(group, bytes, from, to)) return (this.#last = group)
      slot = (slot + 1) & mask
    }
    this.#slots[slot] = this.#size
    return (this.#last = this.#add(hash, bytes, from, to))
  }

  #add(...[hash, bytes, from, to]: [hash: number, bytes: Uint8Array, from: number, to: number]): number {
    const group = this.#size++
    const start = this.#start(group)
    const end = start + to - from
    if (end > this.#keys.length) this.#keys = grown(this.#keys, end)
    this.#keys.set(bytes.subarray(from, to), start)
    if (group >= this.#ends.length) {
      this.#ends = doubled(this.#ends)
      this.#hashes = doubled(this.#hashes)
    }
    this.#ends[group] = end
    this.#hashes[group] = hash
    if (this.#size * 2 > this.#slots.length) this.#rehash()
    return group
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1)
    const mask = slots.length - 1
    for (let group = 0; group < this.#size; group++) {
      let slot = (this.#hashes[group] as number) & mask
      while (slots[slot] !== -1) slot = (slot + 1) & mask
      slots[slot] = group
    }
    this.#slots = slots
  }

  #start(group: number): number {
    return group === 0 ? 0 : (this.#ends[group - 1] as number)
  }

  #equals(...[group, bytes, from, to]: [group: number, bytes: Uint8Array, from: number, to: number]): boolean {
    const start = this.#start(group)
    const length = to - from
    if ((this.#ends[group] as number) - start !== length) return false
    const keys = this.#keys
    for (let i = 0; i < length; i++) if (keys[start + i] !== bytes[from + i]) return false
    return true
  }
}

function copy(
  bytes: Uint8Array,
  from: number,
  length: number,
  { into, at }: { readonly into: Uint8Array; readonly at: number },
): void {
  for (let i = 0; i < length; i++) into[at + i] = bytes[from + i] as number
}

function grown(bytes: Uint8Array, needed: number): Uint8Array {
  const larger = new Uint8Array(Math.max(needed, bytes.length) * 2)
  larger.set(bytes)
  return larger
}

function doubled(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2)
  larger.set(numbers)
  return larger
}
