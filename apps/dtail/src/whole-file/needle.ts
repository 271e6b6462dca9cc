/** How often the rarest byte of a needle may come, in bytes between two, before looking for whole needles pays. */
const RARE_BYTES = 400

/** Finds one byte string; looks for the rarest of its bytes where that is rare enough, which is several times as fast. */
export class Needle {
  readonly #bytes: Buffer
  /** Which byte of the needle is looked for; -1 for all of them at once. */
  #rarest = -1
  #learned = false

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes)
  }

  /** Where the needle is in `bytes` at or behind `from`; -1 when it is not. */
  indexIn(bytes: Buffer, from: number): number {
    if (!this.#learned && bytes.length > 0) this.#learn(bytes)
    if (this.#rarest === -1) return bytes.indexOf(this.#bytes, from)
    const needle = this.#bytes
    const [offset, byte] = [this.#rarest, needle[this.#rarest] as number]
    for (let at = bytes.indexOf(byte, from + offset); at !== -1; at = bytes.indexOf(byte, at + 1)) {
      if (isAt(bytes, at - offset, needle)) return at - offset
    }
    return -1
  }

  /** Logs say the same kind of thing all the time: what is rare in the first block is rare. */
  #learn(bytes: Buffer): void {
    const counts = new Uint32Array(256)
    for (const byte of bytes) counts[byte] = (counts[byte] as number) + 1
    let rarest = 0
    for (const [index, byte] of this.#bytes.entries()) {
      if ((counts[byte] as number) < (counts[this.#bytes[rarest] as number] as number)) rarest = index
    }
    if ((counts[this.#bytes[rarest] as number] as number) * RARE_BYTES <= bytes.length) this.#rarest = rarest
    this.#learned = true
  }
}

function isAt(bytes: Buffer, at: number, needle: Buffer): boolean {
  if (at + needle.length > bytes.length) return false
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false
  return true
}
