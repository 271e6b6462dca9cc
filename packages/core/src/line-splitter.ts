import { lineBatch } from './line-batch.ts'
import type { LineBatch } from './delivery.ts'
import { linePieces } from './line-pieces.ts'
import type { Source } from './source.ts'

const NEWLINE = 10

/** Options of {@link LineSplitter}. */
export interface LineSplitterOptions {
  readonly source: Source
  /** Offset in the source of the first byte that will be pushed. @defaultValue 0 */
  readonly offset?: number
  /** Number of the first line. @defaultValue 1 */
  readonly firstLine?: number
  /**
   * A line without `\n` after this many bytes is delivered in pieces of exactly this size; no byte is lost, and
   * `cutLines` counts. @defaultValue 1 MiB
   */
  readonly maxLineBytes?: number
}

/** Chunks to batches of whole lines. Holds back what follows the last `\n` until more comes or the source ends. */
export class LineSplitter {
  readonly #source: Source
  readonly #maxLineBytes: number
  #offset: number
  #line: number
  #rest: Uint8Array[] = []
  #restBytes = 0
  #cutLines = 0
  /** What was delivered last had no newline. */
  #inLine = false

  constructor({ source, offset = 0, firstLine = 1, maxLineBytes = 1024 * 1024 }: LineSplitterOptions) {
    if (!(maxLineBytes >= 1)) throw new RangeError(`maxLineBytes is ${maxLineBytes}, must be at least 1`)
    this.#source = source
    this.#offset = offset
    this.#line = firstLine
    this.#maxLineBytes = maxLineBytes
  }

  /** Offset after the last byte that was delivered; what is held back lies behind it. */
  get offset(): number {
    return this.#offset
  }
  /** Bytes held back. */
  get heldBytes(): number {
    return this.#restBytes
  }
  /** Pieces that were delivered without their newline because the line was over the limit. */
  get cutLines(): number {
    return this.#cutLines
  }
  /** Number of the next line. */
  get nextLine(): number {
    return this.#line
  }

  /** Takes ownership of `chunk`; returns the whole lines that are complete now, or `undefined`. */
  push(chunk: Uint8Array): LineBatch | undefined {
    const last = chunk.lastIndexOf(NEWLINE)
    if (last === -1) {
      this.#hold(chunk)
      return this.#restBytes > this.#maxLineBytes ? this.#emitPieces() : undefined
    }
    const whole = chunk.subarray(0, last + 1)
    let bytes = whole
    if (this.#restBytes > 0) {
      this.#hold(whole)
      bytes = this.#takeRest()
    }
    this.#hold(chunk.subarray(last + 1))
    return this.#emit(bytes)
  }

  /** The source ended: what was held back is a last line without `\n`. */
  end(): LineBatch | undefined {
    return this.#restBytes === 0 ? undefined : this.#emit(this.#takeRest(), false)
  }

  /** A line over the limit that is still open: whole pieces go, and at least one byte stays for the newline to follow. */
  #emitPieces(): LineBatch {
    const bytes = this.#takeRest()
    const size = Math.floor((bytes.length - 1) / this.#maxLineBytes) * this.#maxLineBytes
    this.#hold(bytes.subarray(size))
    this.#cutLines++
    return this.#emit(bytes.subarray(0, size))
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#rest.push(bytes)
    this.#restBytes += bytes.length
  }

  #takeRest(): Uint8Array {
    const bytes = this.#rest.length === 1 ? (this.#rest[0] as Uint8Array) : new Uint8Array(this.#restBytes)
    if (this.#rest.length > 1) {
      let at = 0
      for (const part of this.#rest) {
        bytes.set(part, at)
        at += part.length
      }
    }
    this.#rest = []
    this.#restBytes = 0
    return bytes
  }

  #emit(bytes: Uint8Array, goesOn = true): LineBatch {
    const whole = lineBatch({ source: this.#source, bytes, offset: this.#offset, firstLine: this.#line })
    const cut = this.#cut(whole)
    const begun = this.#inLine
    this.#inLine = bytes[bytes.length - 1] !== NEWLINE
    const pieces = begun || this.#inLine || cut !== whole ? linePieces(bytes, cut.ends, { begun, goesOn }) : undefined
    const batch = pieces ? { ...cut, pieces } : cut
    this.#offset += bytes.length
    this.#line += batch.ends.length
    return batch
  }

  /** Splits over-long lines at exact multiples of the limit. The newline itself is never cut off alone. */
  #cut(batch: LineBatch): LineBatch {
    const limit = this.#maxLineBytes
    const ends: number[] = []
    let cut = false
    for (let i = 0, start = 0; i < batch.ends.length; i++) {
      const end = batch.ends[i] as number
      const content = batch.bytes[end - 1] === NEWLINE ? end - 1 : end
      for (; content - start > limit; start += limit, cut = true) ends.push(start + limit)
      ends.push(end)
      start = end
    }
    this.#cutLines += ends.length - batch.ends.length
    return cut ? { ...batch, ends: Uint32Array.from(ends) } : batch
  }
}
