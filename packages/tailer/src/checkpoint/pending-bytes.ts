const FIRST_BYTES = 16 * 1024

/** Bytes behind one another, outside of the heap, until somebody takes them. */
export class PendingBytes {
  #bytes = new Uint8Array(0)
  #size = 0

  add(bytes: Uint8Array): void {
    const size = this.#size + bytes.length
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(FIRST_BYTES, size * 2))
      larger.set(this.#bytes.subarray(0, this.#size))
      this.#bytes = larger
    }
    this.#bytes.set(bytes, this.#size)
    this.#size = size
  }

  /** Everything that was added since this was called last. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#size)
    this.#size = 0
    return taken
  }
}
