import { decodeText } from '@logflow/record'

/** Room that a value gets at first: most values that change stay within it and are overwritten in place. */
const SMALLEST_ROOM = 32

/** One text per group, kept as bytes: replacing one allocates nothing unless it outgrows its room. */
export class TextTable {
  #bytes: Uint8Array = new Uint8Array(4096)
  #used = 0
  /** By group: where its room starts, how large it is, and how much of it is filled. Room 0: no value yet. */
  #starts = new Int32Array(64)
  #rooms = new Int32Array(64)
  #lengths = new Int32Array(64)

  /** The text of the group is `bytes[from, to)`, which is copied. */
  set(...[group, bytes, from, to]: [group: number, bytes: Uint8Array, from: number, to: number]): void {
    const length = to - from
    if (group >= this.#rooms.length) this.#growGroups(group)
    if (length > (this.#rooms[group] as number) || this.#rooms[group] === 0) this.#move(group, length)
    const start = this.#starts[group] as number
    const own = this.#bytes
    for (let i = 0; i < length; i++) own[start + i] = bytes[from + i] as number
    this.#lengths[group] = length
  }

  /** The text of the group, or `undefined` when it has none. */
  get(group: number): string | undefined {
    if ((this.#rooms[group] ?? 0) === 0) return undefined
    const start = this.#starts[group] as number
    return decodeText(this.#bytes, start, start + (this.#lengths[group] as number))
  }

  /** Forgets all texts. */
  clear(): void {
    this.#rooms.fill(0)
    this.#used = 0
  }

  /** Gives the group new room at the end; what it had is lost until `clear`, at most as much again. */
  #move(group: number, length: number): void {
    const room = Math.max(SMALLEST_ROOM, length * 2)
    if (this.#used + room > this.#bytes.length) {
      const larger = new Uint8Array((this.#used + room) * 2)
      larger.set(this.#bytes.subarray(0, this.#used))
      this.#bytes = larger
    }
    this.#starts[group] = this.#used
    this.#rooms[group] = room
    this.#used += room
  }

  #growGroups(group: number): void {
    const size = Math.max(group + 1, this.#rooms.length * 2)
    this.#starts = resized(this.#starts, size)
    this.#rooms = resized(this.#rooms, size)
    this.#lengths = resized(this.#lengths, size)
  }
}

function resized(numbers: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(size)
  larger.set(numbers)
  return larger
}
