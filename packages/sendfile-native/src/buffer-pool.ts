/** Sizes of buffers: a quick reader gets the largest, a slow one the smallest, so that slow ones do not hold the pool. */
export const BUFFER_SIZES: readonly number[] = [16, 32, 64, 128, 256].map(kibibytes => kibibytes * 1024)

/** Buffers that are used again and bounded in total; who finds none waits in line. */
export class BufferPool {
  readonly #limitBytes: number
  readonly #free = new Map<number, Uint8Array[]>(BUFFER_SIZES.map(size => [size, []]))
  #heldBytes = 0
  #waiting: { readonly size: number; readonly give: (buffer: Uint8Array) => void }[] = []

  /** @param limitBytes - bytes in use and kept for use at most, at least one largest buffer */
  constructor(limitBytes: number) {
    this.#limitBytes = Math.max(limitBytes, BUFFER_SIZES.at(-1) as number)
  }

  /** Bytes of memory the pool holds. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** A buffer of exactly `size`, one of {@link BUFFER_SIZES}. */
  take(size: number): Promise<Uint8Array> {
    const buffer = this.#waiting.length === 0 ? this.#find(size) : undefined
    return buffer ? Promise.resolve(buffer) : new Promise(give => this.#waiting.push({ size, give }))
  }

  /** Gives a buffer back; nobody may touch it any more. */
  release(buffer: Uint8Array): void {
    this.#free.get(buffer.length)?.push(buffer)
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const found = this.#find(first.size)
      if (!found) return
      this.#waiting.shift()
      first.give(found)
    }
  }

  #find(size: number): Uint8Array | undefined {
    const free = this.#free.get(size)
    if (!free) throw new RangeError(`no buffers of ${size} bytes`)
    const kept = free.pop()
    if (kept) return kept
    if (this.#heldBytes + size > this.#limitBytes) this.#drop(size)
    if (this.#heldBytes + size > this.#limitBytes) return undefined
    this.#heldBytes += size
    return new Uint8Array(size)
  }

  /** Lets go of unused buffers of other sizes, to make room for one of `size`. */
  #drop(size: number): void {
    for (const [kept, free] of this.#free) {
      while (free.length > 0 && this.#heldBytes + size > this.#limitBytes) {
        free.pop()
        this.#heldBytes -= kept
      }
    }
  }
}
