/** Chunks below this size are copied together: a peer that sends single bytes costs bytes, not objects. */
const SMALL_CHUNK_BYTES = 512
const GATHER_BYTES = 16 * 1024

/**
 * Bytes as they arrive, readable as if they were one run. `push` takes ownership; `take` shares memory with what was
 * pushed when the bytes lie in one chunk, and copies only across a chunk boundary. Small chunks are gathered.
 */
export class ByteQueue {
  readonly #chunks: Uint8Array[] = []
  #head = 0
  #start = 0
  #length = 0
  /** Where small chunks are gathered; its first `#gathered` bytes are taken. Never rewritten, so views into it stay true. */
  #gather = new Uint8Array(0)
  #gathered = 0

  /** Bytes waiting. */
  get length(): number {
    return this.#length
  }

  /** Adds a chunk. A `Buffer` is normalised, so that no `Buffer` comes out. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (chunk.length < SMALL_CHUNK_BYTES) this.#append(chunk)
    else this.#chunks.push(plain(chunk))
    this.#length += chunk.length
  }

  #append(chunk: Uint8Array): void {
    if (this.#gathered + chunk.length > this.#gather.length) {
      this.#gather = new Uint8Array(GATHER_BYTES)
      this.#gathered = 0
    }
    const start = this.#gathered
    this.#gather.set(chunk, start)
    this.#gathered += chunk.length
    const last = this.#chunks[this.#chunks.length - 1]
    const follows = last?.buffer === this.#gather.buffer && last.byteOffset + last.length === start
    if (follows) this.#chunks[this.#chunks.length - 1] = this.#gather.subarray(last.byteOffset, this.#gathered)
    else this.#chunks.push(this.#gather.subarray(start, this.#gathered))
  }

  /** The byte at `index`. @throws RangeError when it has not arrived */
  peek(index: number): number {
    if (index < 0 || index >= this.#length) throw new RangeError(`byte ${index} of ${this.#length} is not there`)
    let at = index + this.#start
    for (let i = this.#head; ; i++) {
      const chunk = this.#chunks[i] as Uint8Array
      if (at < chunk.length) return chunk[at] as number
      at -= chunk.length
    }
  }

  /** Big-endian u32 at `index`. @throws RangeError when it has not arrived */
  peekUint32(index: number): number {
    return (
      this.peek(index) * 0x1000000 + ((this.peek(index + 1) << 16) | (this.peek(index + 2) << 8) | this.peek(index + 3))
    )
  }

  /** Position of the first `byte` at or after `from`, or -1. */
  indexOf(byte: number, from = 0): number {
    let base = -this.#start
    for (let i = this.#head; i < this.#chunks.length; i++) {
      const chunk = this.#chunks[i] as Uint8Array
      const first = Math.max(from - base, i === this.#head ? this.#start : 0)
      if (first < chunk.length) {
        const at = chunk.indexOf(byte, first)
        if (at !== -1) return base + at
      }
      base += chunk.length
    }
    return -1
  }

  /** Removes and returns the first `count` bytes. @throws RangeError when fewer are there */
  take(count: number): Uint8Array {
    if (count < 0 || count > this.#length) throw new RangeError(`cannot take ${count} of ${this.#length} bytes`)
    if (count === 0) return new Uint8Array(0)
    const chunk = this.#chunks[this.#head] as Uint8Array
    if (chunk.length - this.#start >= count) {
      const bytes = chunk.subarray(this.#start, this.#start + count)
      this.#advance(count)
      return bytes
    }
    const bytes = new Uint8Array(count)
    for (let at = 0; at < count;) {
      const next = this.#chunks[this.#head] as Uint8Array
      const size = Math.min(next.length - this.#start, count - at)
      bytes.set(next.subarray(this.#start, this.#start + size), at)
      at += size
      this.#advance(size)
    }
    return bytes
  }

  /** Removes the first `count` bytes without looking at them. @throws RangeError when fewer are there */
  skip(count: number): void {
    if (count < 0 || count > this.#length) throw new RangeError(`cannot skip ${count} of ${this.#length} bytes`)
    for (let left = count; left > 0;) {
      const size = Math.min((this.#chunks[this.#head] as Uint8Array).length - this.#start, left)
      left -= size
      this.#advance(size)
    }
  }

  #advance(size: number): void {
    this.#start += size
    this.#length -= size
    if (this.#start < (this.#chunks[this.#head] as Uint8Array).length) return
    this.#start = 0
    this.#head++
    // Shifting one by one would be quadratic for many small chunks.
    if (this.#head === this.#chunks.length || this.#head >= 1024) {
      this.#chunks.splice(0, this.#head)
      this.#head = 0
    }
  }
}

function plain(chunk: Uint8Array): Uint8Array {
  return chunk.constructor === Uint8Array ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}
