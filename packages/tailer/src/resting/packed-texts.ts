import { PackedRecords } from './packed-records.ts'

const MIN_SLOTS = 16
/** A slot that is free, and one that was taken; others hold a place, plus one. */
const FREE = 0
const LEFT = -1
/** Names come from strangers: which of them meet in one slot is another matter in every process. */
const SEED = Math.floor(Math.random() * 0xffffffff)

/**
 * A map of texts for tens of thousands of keys, which nobody reads for long: all of it lies outside of the heap,
 * packed, so that it costs its bytes and no collection ever looks at it.
 */
export class PackedTexts {
  #records = new PackedRecords()
  #slots = new Float64Array(MIN_SLOTS)
  /** Slots that are not free. */
  #taken = 0
  #size = 0

  /** How many texts there are. */
  get size(): number {
    return this.#size
  }

  /** What keys and texts take, about. */
  get bytes(): number {
    return this.#records.liveBytes
  }

  /** Keys, in the order in which they were set; they may come and go meanwhile. */
  *keys(): Generator<string, void, undefined> {
    for (const place of this.#records.places()) yield this.#records.key(place).toString()
  }

  /** As {@link PackedTexts.keys}, with their texts. */
  *entries(): Generator<readonly [key: string, text: string], void, undefined> {
    for (const place of this.#records.places()) {
      yield [this.#records.key(place).toString(), this.#records.text(place).toString()]
    }
  }

  has(key: string): boolean {
    return this.#slotOf(encoded.write(key)) !== -1
  }

  get(key: string): string | undefined {
    return this.#textOf(key)?.toString()
  }

  /** Whether the text of a key begins with `start`. */
  beginsWith(key: string, start: string): boolean {
    const text = this.#textOf(key)
    return text !== undefined && text.subarray(0, Buffer.byteLength(start)).toString() === start
  }

  /** Puts `other` in the place of the `end` of a text, both ASCII and of one length. False when it has another end. */
  replaceEnd(key: string, end: string, other: string): boolean {
    const bytes = this.#textOf(key)
    const last = bytes?.subarray(bytes.length - end.length)
    if (last?.toString('latin1') !== end) return false
    last.write(other, 'latin1')
    return true
  }

  set(key: string, text: string): void {
    this.delete(key)
    if (this.#records.isWasteful) this.#compact()
    if ((this.#taken + 1) * 4 > this.#slots.length * 3) this.#index()
    const [keyBytes, textBytes] = [encoded.encode(key), encodedText.encode(text)]
    this.#slots[this.#freeSlot(keyBytes, keyBytes.length)] = this.#records.append(keyBytes, textBytes) + 1
    this.#taken++
    this.#size++
  }

  delete(key: string): boolean {
    const slot = this.#slotOf(encoded.write(key))
    if (slot === -1) return false
    this.#records.remove((this.#slots[slot] as number) - 1)
    this.#slots[slot] = LEFT
    if (--this.#size === 0 && this.#records.isWasteful) this.#compact()
    return true
  }

  #textOf(key: string): Buffer | undefined {
    const slot = this.#slotOf(encoded.write(key))
    return slot === -1 ? undefined : this.#records.text((this.#slots[slot] as number) - 1)
  }

  /** Where the place of the encoded key is; -1 when there is none. */
  #slotOf(length: number): number {
    const mask = this.#slots.length - 1
    for (let slot = hashOf(encoded.bytes, length) & mask; ; slot = (slot + 1) & mask) {
      const place = this.#slots[slot] as number
      if (place === FREE) return -1
      if (place !== LEFT && this.#records.hasKey(place - 1, encoded.bytes, length)) return slot
    }
  }

  #freeSlot(key: Buffer, length: number): number {
    const mask = this.#slots.length - 1
    let slot = hashOf(key, length) & mask
    while (this.#slots[slot] !== FREE) slot = (slot + 1) & mask
    return slot
  }

  #compact(): void {
    this.#records.compact()
    this.#index()
  }

  /** Finds every key a slot, with room for as many more. */
  #index(): void {
    let slots = MIN_SLOTS
    while (slots < this.#size * 2) slots *= 2
    this.#slots = new Float64Array(slots)
    this.#taken = this.#size
    for (const place of this.#records.places()) {
      const key = this.#records.key(place)
      this.#slots[this.#freeSlot(key, key.length)] = place + 1
    }
  }
}

/** Memory for one text after another. */
class Encoded {
  bytes = Buffer.allocUnsafeSlow(4096)

  /** How long it is, as it lies in {@link Encoded.bytes} until the next call. */
  write(text: string): number {
    if (text.length * 3 > this.bytes.length) this.bytes = Buffer.allocUnsafeSlow(text.length * 6)
    return this.bytes.write(text)
  }

  /** Good until the next call. */
  encode(text: string): Buffer {
    const length = this.write(text)
    return this.bytes.subarray(0, length)
  }
}

/** The key that is asked for: one buffer for all, as each is asked for thousands of times. */
const encoded = new Encoded()
const encodedText = new Encoded()

/** FNV-1a. */
function hashOf(bytes: Buffer, length: number): number {
  let hash = SEED
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
