import { PackedRecords } from './packed-records.ts'

const MIN_SLOTS = 16
/** In front of a text that has a group: how long its name is. */
const GROUP_AT = 4
/** A slot that is free, and one that was taken; others hold a place, plus one. */
const FREE = 0
const LEFT = 0xffffffff
/** Names come from strangers: which of them meet in one slot is another matter in every process. */
const SEED = Math.floor(Math.random() * 0xffffffff)

/**
 * A map of texts for tens of thousands of keys, which nobody reads for long: all of it lies outside of the heap,
 * packed, so that it costs its bytes and no collection ever looks at it. Each text may belong to a group, whose name is
 * kept with it.
 */
export class PackedTexts {
  #records = new PackedRecords()
  #slots = new Uint32Array(MIN_SLOTS)
  readonly #grouped: boolean
  /** As many slots for the same places, by their groups. */
  #groupSlots = new Uint32Array(MIN_SLOTS)
  /** Slots that are not free. */
  #taken = 0
  #size = 0

  /** `grouped`: every text has a group. */
  constructor({ grouped = false } = {}) {
    this.#grouped = grouped
  }

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

  /** As {@link PackedTexts.keys}, with their texts and groups. */
  *entries(): Generator<readonly [key: string, text: string, group: string], void, undefined> {
    for (const place of this.#records.places()) {
      const key = this.#records.key(place).toString()
      yield [key, this.#textAt(place).toString(), this.#groupNameAt(place)]
    }
  }

  /** Whether there are texts of a group. */
  hasGroup(group: string): boolean {
    return this.#placesOf(group).length > 0
  }

  /** Keys of the texts of one group, in the order in which they were set. */
  keysOf(group: string): string[] {
    const records = this.#records
    const places = this.#placesOf(group).sort((a, b) => records.number(a) - records.number(b))
    return places.map(place => records.key(place).toString())
  }

  /** The group of the text of a key. */
  groupOf(key: string): string | undefined {
    const place = this.#placeOf(key)
    return place === undefined ? undefined : this.#groupNameAt(place)
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

  set(key: string, text: string, group = ''): void {
    this.delete(key)
    if (this.#records.isWasteful) this.#compact()
    if ((this.#taken + 1) * 4 > this.#slots.length * 3) this.#index()
    const [keyBytes, textBytes] = [encoded.encode(key), encodedText.encode(text, this.#grouped ? group : undefined)]
    this.#putPlace(this.#records.append(keyBytes, textBytes))
    this.#taken++
    this.#size++
  }

  delete(key: string): boolean {
    const slot = this.#slotOf(encoded.write(key))
    if (slot === -1) return false
    const place = (this.#slots[slot] as number) - 1
    if (this.#grouped) leave(this.#groupSlots, hashOf(this.#groupAt(place)), place)
    this.#records.remove(place)
    this.#slots[slot] = LEFT
    if (--this.#size === 0 && this.#records.isWasteful) this.#compact()
    return true
  }

  #textOf(key: string): Buffer | undefined {
    const place = this.#placeOf(key)
    return place === undefined ? undefined : this.#textAt(place)
  }

  #placeOf(key: string): number | undefined {
    const slot = this.#slotOf(encoded.write(key))
    return slot === -1 ? undefined : (this.#slots[slot] as number) - 1
  }

  #textAt(place: number): Buffer {
    const bytes = this.#records.text(place)
    return this.#grouped ? bytes.subarray(GROUP_AT + bytes.readUInt32LE()) : bytes
  }

  /** What is in front of a text: nothing, or the length and the name of its group. */
  #groupAt(place: number): Buffer {
    const bytes = this.#records.text(place)
    return bytes.subarray(0, this.#grouped ? GROUP_AT + bytes.readUInt32LE() : 0)
  }

  #groupNameAt(place: number): string {
    return this.#groupAt(place).subarray(GROUP_AT).toString()
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

  #placesOf(group: string): number[] {
    const [slots, bytes] = [this.#groupSlots, encoded.encode('', group)]
    const mask = slots.length - 1
    const places: number[] = []
    for (let slot = hashOf(bytes) & mask; slots[slot] !== FREE; slot = (slot + 1) & mask) {
      const place = (slots[slot] as number) - 1
      if (slots[slot] !== LEFT && this.#records.beginsWith(place, bytes)) places.push(place)
    }
    return places
  }

  #compact(): void {
    this.#records.compact()
    this.#index()
  }

  /** Finds every key a slot, with room for as many more. */
  #index(): void {
    let slots = MIN_SLOTS
    while (slots < this.#size * 2) slots *= 2
    this.#slots = new Uint32Array(slots)
    if (this.#grouped) this.#groupSlots = new Uint32Array(slots)
    this.#taken = this.#size
    for (const place of this.#records.places()) this.#putPlace(place)
  }

  #putPlace(place: number): void {
    put(this.#slots, hashOf(this.#records.key(place)), place)
    if (this.#grouped) put(this.#groupSlots, hashOf(this.#groupAt(place)), place)
  }
}

/** Puts a place into the first slot that is free. */
function put(slots: Uint32Array, hash: number, place: number): void {
  const mask = slots.length - 1
  let slot = hash & mask
  while (slots[slot] !== FREE) slot = (slot + 1) & mask
  slots[slot] = place + 1
}

/** Takes a place out of its slot. */
function leave(slots: Uint32Array, hash: number, place: number): void {
  const mask = slots.length - 1
  let slot = hash & mask
  while (slots[slot] !== place + 1) slot = (slot + 1) & mask
  slots[slot] = LEFT
}

/** Memory for one text after another. */
class Encoded {
  bytes = Buffer.allocUnsafeSlow(4096)

  /** How long it is, as it lies in {@link Encoded.bytes} until the next call. */
  write(text: string): number {
    this.#reserve(text.length)
    return this.bytes.write(text)
  }

  /** Good until the next call. Behind the length and the name of its `group`, where it has one. */
  encode(text: string, group?: string): Buffer {
    this.#reserve(text.length + (group?.length ?? 0))
    let end = 0
    if (group !== undefined) {
      end = GROUP_AT + this.bytes.write(group, GROUP_AT)
      this.bytes.writeUInt32LE(end - GROUP_AT)
    }
    end += this.bytes.write(text, end)
    return this.bytes.subarray(0, end)
  }

  /** Makes room for so many characters. */
  #reserve(length: number): void {
    if (GROUP_AT + length * 3 > this.bytes.length) this.bytes = Buffer.allocUnsafeSlow(GROUP_AT + length * 6)
  }
}

/** The key that is asked for: one buffer for all, as each is asked for thousands of times. */
const encoded = new Encoded()
const encodedText = new Encoded()

/** FNV-1a. */
function hashOf(bytes: Buffer, length = bytes.length): number {
  let hash = SEED
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
