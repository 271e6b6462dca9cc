/** Texts lie in pieces of memory of this size; a longer one has its own. */
const CHUNK_BYTES = 256 * 1024
const LENGTH_BYTES = 4

/**
 * A map of texts for tens of thousands of keys, which nobody reads for long: they lie outside of the heap, packed, so
 * that they cost their bytes and no collection ever looks at them.
 */
export class PackedTexts {
  readonly #places = new Map<string, number>()
  #chunks: Buffer[] = []
  /** How much of the last chunk is taken. */
  #taken = CHUNK_BYTES
  #liveBytes = 0
  #deadBytes = 0

  /** How many texts there are. */
  get size(): number {
    return this.#places.size
  }

  /** Keys, in the order in which they were set; they may come and go meanwhile. */
  keys(): IterableIterator<string> {
    return this.#places.keys()
  }

  has(key: string): boolean {
    return this.#places.has(key)
  }

  get(key: string): string | undefined {
    return this.#bytesOf(key)?.toString()
  }

  /** Whether the text of a key begins with `start`. */
  beginsWith(key: string, start: string): boolean {
    const bytes = this.#bytesOf(key)
    return bytes !== undefined && bytes.subarray(0, Buffer.byteLength(start)).toString() === start
  }

  set(key: string, text: string): void {
    this.delete(key)
    if (this.#deadBytes > this.#liveBytes + CHUNK_BYTES) this.#compact()
    this.#places.set(key, this.#append(Buffer.from(text)))
  }

  delete(key: string): void {
    const bytes = this.#bytesOf(key)
    if (!bytes) return
    this.#liveBytes -= bytes.length
    this.#deadBytes += bytes.length
    this.#places.delete(key)
  }

  /** Where the bytes are now, as a distance from the first chunk. */
  #append(bytes: Uint8Array): number {
    const size = LENGTH_BYTES + bytes.length
    if (this.#taken + size > CHUNK_BYTES) {
      this.#chunks.push(Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, size)))
      this.#taken = 0
    }
    const chunk = this.#chunks.at(-1) as Buffer
    const at = this.#taken
    chunk.writeUInt32LE(bytes.length, at)
    chunk.set(bytes, at + LENGTH_BYTES)
    this.#taken = at + size
    this.#liveBytes += bytes.length
    return (this.#chunks.length - 1) * CHUNK_BYTES + at
  }

  #bytesOf(key: string): Buffer | undefined {
    const place = this.#places.get(key)
    return place === undefined ? undefined : bytesAt(this.#chunks, place)
  }

  #compact(): void {
    const chunks = this.#chunks
    this.#chunks = []
    this.#taken = CHUNK_BYTES
    this.#liveBytes = this.#deadBytes = 0
    for (const [key, place] of this.#places) this.#places.set(key, this.#append(bytesAt(chunks, place)))
  }
}

function bytesAt(chunks: readonly Buffer[], place: number): Buffer {
  const chunk = chunks[Math.floor(place / CHUNK_BYTES)] as Buffer
  const at = (place % CHUNK_BYTES) + LENGTH_BYTES
  return chunk.subarray(at, at + chunk.readUInt32LE(at - LENGTH_BYTES))
}
