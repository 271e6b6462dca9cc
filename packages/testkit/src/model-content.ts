/**
 * What an inode holds from its creation, or from a truncation, until the next truncation: the bytes, and where they
 * come from. Bytes are only ever added, so an offset names a byte for good.
 */
export class ModelContent {
  /** 1, 2, … in the order in which contents came to be. */
  readonly number: number
  /** Inode and birth of the file that it was in. */
  readonly inode: number
  readonly birthNs: bigint
  /** The content that this one copies, byte for byte from the start. */
  readonly copyOf: ModelContent | undefined
  /** Was there before anybody followed, under a name that nobody asked for. */
  old = false
  /** Was opened first of all, and nothing of it was read yet: if it is cut now, its copy is as old as any other. */
  first = false
  /** Has lost that name before anybody looked: may be delivered, need not be. */
  optional = false
  /** How often something of it was delivered. */
  taken = 0
  /** Largest size that it was told. */
  seenSize = 0
  #knownSize = 0
  /** Size that the reader was told after it had read bytes of this. */
  #askedSize = 0
  #wasRead = false
  /** What the reader knew before it opened it. */
  #before = { taken: 0, knownSize: 0, askedSize: 0, wasRead: false }
  #bytes = new Uint8Array(64)
  #size = 0
  /** Bytes at the start that nobody wrote. */
  #hole = 0

  constructor(init: { number: number; inode: number; birthNs: bigint; copyOf: ModelContent | undefined }) {
    this.number = init.number
    this.inode = init.inode
    this.birthNs = init.birthNs
    this.copyOf = init.copyOf
  }

  get size(): number {
    return this.#size
  }

  get hole(): number {
    return this.#hole
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  /**
   * The size that a reader knows this content had: the largest that it was told between two reads which brought bytes of
   * it. Before the first it did not know that the size was that of this content, without the second it does not know
   * that it still was.
   */
  get knownSize(): number {
    return this.#knownSize
  }

  /** The reader read bytes of it. */
  noteRead(): void {
    this.#wasRead = true
    this.#knownSize = this.#askedSize
    this.first = false
  }

  /** The reader asked for its size. */
  noteSize(): void {
    if (this.#wasRead) this.#askedSize = this.#size
  }

  /** The reader has a handle of it, which it had not before. */
  noteOpened(): void {
    this.#before = {
      taken: this.taken,
      knownSize: this.#knownSize,
      askedSize: this.#askedSize,
      wasRead: this.#wasRead,
    }
  }

  /**
   * The reader has no handle of it any more: what it opened only to compare, it saw as one sees a name in a folder, also
   * when it was another file that it looked for, and whatever it knew before.
   */
  noteClosed(): void {
    const { taken, knownSize, askedSize, wasRead } = this.#before
    if (this.taken !== taken) return
    this.#knownSize = knownSize
    this.#askedSize = askedSize
    this.#wasRead = wasRead
  }

  /** The reader knows nothing of it any more. */
  forget(): void {
    this.#knownSize = this.#askedSize = 0
    this.#wasRead = false
  }

  /** Whose bytes these are. */
  get origin(): ModelContent {
    return this.copyOf?.origin ?? this
  }

  /** Writes at `position`; a gap before it reads as NUL bytes. */
  write(bytes: Uint8Array, position: number): void {
    if (position > this.#size && this.#size === 0) this.#hole = position
    const size = Math.max(this.#size, position + bytes.length)
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(size * 2)
      grown.set(this.bytes)
      this.#bytes = grown
    }
    this.#bytes.set(bytes, position)
    this.#size = size
  }

  /** Offset after the last newline. */
  get wholeLines(): number {
    return this.bytes.lastIndexOf(10) + 1
  }
}
