import { createHash } from 'node:crypto'
import { posixCksum } from './posix-cksum.ts'

/** Bytes kept to prove on the next connection that the file still is the one that was read. */
export const PROOF_BYTES = 1024

/** What a server can check with tools that every POSIX machine has. */
export interface Proof {
  /** Bytes before the offset that the sums are of; 0 when nothing was received. */
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
  /** What `cksum` prints. */
  readonly cksum: string
}

/** How far the file was received, and its last bytes. */
export class Position {
  #offset: number
  #tail: Uint8Array
  /** What the server calls the file, over ssh its inode; `undefined` when not known. Tells equal beginnings apart. */
  fileId: string | undefined
  constructor(offset = 0, tail: Uint8Array = new Uint8Array(0)) {
    this.#offset = offset
    this.#tail = tail
  }

  /** Offset of the next byte. */
  get offset(): number {
    return this.#offset
  }
  /** The last bytes before it, at most {@link PROOF_BYTES}. */
  get tail(): Uint8Array {
    return this.#tail
  }

  /** These bytes were received. */
  advance(bytes: Uint8Array): void {
    this.advanceBy(bytes.length, bytes)
  }

  /** `count` bytes were received, the last of which are `bytes`. */
  advanceBy(count: number, bytes: Uint8Array): void {
    this.#offset += count
    const kept = this.#tail.subarray(Math.max(0, this.#tail.length + bytes.length - PROOF_BYTES))
    const fresh = bytes.subarray(Math.max(0, bytes.length - PROOF_BYTES))
    const tail = new Uint8Array(Math.min(kept.length, PROOF_BYTES - fresh.length) + fresh.length)
    tail.set(kept.subarray(kept.length - (tail.length - fresh.length)))
    tail.set(fresh, tail.length - fresh.length)
    this.#tail = tail
  }

  /** Whether the file was seen before, by this run or an earlier one. */
  get started(): boolean {
    return this.#tail.length > 0 || this.fileId !== undefined
  }

  /** Bytes up to `offset` are known to be lost; what comes next cannot be proven by what came before. */
  skipTo(offset: number): void {
    this.#offset = offset
    this.#tail = new Uint8Array(0)
  }

  /** Another file begins. */
  restart(): void {
    this.#offset = 0
    this.#tail = new Uint8Array(0)
    this.fileId = undefined
  }

  proof(): Proof {
    const tail = this.#tail
    const sha256 = createHash('sha256').update(tail).digest('hex')
    return { bytes: tail.length, sha256, cksum: String(posixCksum(tail)) }
  }
}
