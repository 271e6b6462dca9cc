/** Records lie in pieces of memory of this size; a longer one has its own. */
const CHUNK_BYTES = 256 * 1024
/** In front of each: its number (f64, 0 when it was removed), then how long key and text are (u32 each). */
const HEADER_BYTES = 16
const KEY_AT = 8
const TEXT_AT = 12

interface Chunk {
  readonly bytes: Buffer
  taken: number
}

/**
 * Pairs of a key and a text in pieces of memory outside of the heap, in the order in which they were appended. A place
 * is where one lies, and is good until {@link PackedRecords.compact}.
 */
export class PackedRecords {
  #chunks: Chunk[] = []
  #liveBytes = 0
  #deadBytes = 0
  #lastNumber = 0
  /** How often places have changed. */
  #moves = 0

  /** What keys and texts take that were not removed. */
  get liveBytes(): number {
    return this.#liveBytes
  }

  /** Whether more of the memory is dead than alive. */
  get isWasteful(): boolean {
    return this.#deadBytes > this.#liveBytes + CHUNK_BYTES
  }

  /** The place of a new record. */
  append(key: Uint8Array, text: Uint8Array): number {
    const size = HEADER_BYTES + key.length + text.length
    let chunk = this.#chunks.at(-1)
    if (!chunk || chunk.taken + size > CHUNK_BYTES) {
      chunk = { bytes: Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, size)), taken: 0 }
      this.#chunks.push(chunk)
    }
    const { bytes, taken: at } = chunk
    bytes.writeDoubleLE(++this.#lastNumber, at)
    bytes.writeUInt32LE(key.length, at + KEY_AT)
    bytes.writeUInt32LE(text.length, at + TEXT_AT)
    bytes.set(key, at + HEADER_BYTES)
    bytes.set(text, at + HEADER_BYTES + key.length)
    chunk.taken = at + size
    this.#liveBytes += size
    return (this.#chunks.length - 1) * CHUNK_BYTES + at
  }

  /** Greater than those of the records that were appended before. */
  number(place: number): number {
    const { bytes, at } = this.#at(place)
    return bytes.readDoubleLE(at)
  }

  /** Good until the next call of anything else. */
  key(place: number): Buffer {
    const { bytes, at } = this.#at(place)
    return bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + bytes.readUInt32LE(at + KEY_AT))
  }

  /** Whether the first `length` bytes of `bytes` are the key. */
  hasKey(place: number, bytes: Buffer, length: number): boolean {
    const chunk = (this.#chunks[Math.floor(place / CHUNK_BYTES)] as Chunk).bytes
    const at = place % CHUNK_BYTES
    if (chunk.readUInt32LE(at + KEY_AT) !== length) return false
    return chunk.compare(bytes, 0, length, at + HEADER_BYTES, at + HEADER_BYTES + length) === 0
  }

  /** Whether the text begins with these bytes. */
  beginsWith(place: number, bytes: Buffer): boolean {
    const chunk = (this.#chunks[Math.floor(place / CHUNK_BYTES)] as Chunk).bytes
    const at = place % CHUNK_BYTES
    if (chunk.readUInt32LE(at + TEXT_AT) < bytes.length) return false
    const textAt = at + HEADER_BYTES + chunk.readUInt32LE(at + KEY_AT)
    return chunk.compare(bytes, 0, bytes.length, textAt, textAt + bytes.length) === 0
  }

  /** As {@link PackedRecords.key}. */
  text(place: number): Buffer {
    const { bytes, at } = this.#at(place)
    const from = at + HEADER_BYTES + bytes.readUInt32LE(at + KEY_AT)
    return bytes.subarray(from, from + bytes.readUInt32LE(at + TEXT_AT))
  }

  remove(place: number): void {
    const { bytes, at } = this.#at(place)
    bytes.writeDoubleLE(0, at)
    const size = sizeAt(bytes, at)
    this.#liveBytes -= size
    this.#deadBytes += size
  }

  /** Gives up what was removed: every other record has a new place. */
  compact(): void {
    const [chunks, lastNumber] = [this.#chunks, this.#lastNumber]
    this.#chunks = []
    this.#liveBytes = this.#deadBytes = 0
    this.#moves++
    for (const { bytes, at, number } of recordsIn(chunks)) {
      const keyEnd = at + HEADER_BYTES + bytes.readUInt32LE(at + KEY_AT)
      this.#lastNumber = number - 1
      this.append(bytes.subarray(at + HEADER_BYTES, keyEnd), bytes.subarray(keyEnd, at + sizeAt(bytes, at)))
    }
    this.#lastNumber = lastNumber
  }

  /** Places, in the order in which records were appended; these may come, go and move meanwhile. */
  *places(): Generator<number, void, undefined> {
    let [last, moves] = [0, -1]
    while (moves !== this.#moves) {
      moves = this.#moves
      for (const { chunk, at, number } of recordsIn(this.#chunks)) {
        if (number <= last) continue
        last = number
        yield chunk * CHUNK_BYTES + at
        if (moves !== this.#moves) break
      }
    }
  }

  #at(place: number): { readonly bytes: Buffer; readonly at: number } {
    const { bytes } = this.#chunks[Math.floor(place / CHUNK_BYTES)] as Chunk
    return { bytes, at: place % CHUNK_BYTES }
  }
}

interface Found {
  readonly chunk: number
  readonly bytes: Buffer
  readonly at: number
  readonly number: number
}

/** Those that were not removed; what is appended meanwhile, too. */
function* recordsIn(chunks: readonly Chunk[]): Generator<Found, void, undefined> {
  for (let chunk = 0; chunk < chunks.length; chunk++) {
    const piece = chunks[chunk] as Chunk
    for (let at = 0; at < piece.taken; at += sizeAt(piece.bytes, at)) {
      const number = piece.bytes.readDoubleLE(at)
      if (number > 0) yield { chunk, bytes: piece.bytes, at, number }
    }
  }
}

function sizeAt(bytes: Buffer, at: number): number {
  return HEADER_BYTES + bytes.readUInt32LE(at + KEY_AT) + bytes.readUInt32LE(at + TEXT_AT)
}
