import type { Source } from '@logflow/core'
import type { FreshBytes } from './line-cutter.ts'

const NEWLINE = 10

/** A run of whole lines of one source, as they lie in the file, without a list of where they end. */
export interface LineBlock {
  readonly kind: 'block'
  readonly source: Source
  /** Offset in the source of `bytes[0]`. */
  readonly offset: number
  /** 1-based number of the first line; 0 when lines are not counted. */
  readonly firstLine: number
  /** Good until the next block is asked for. Only the last line of the source, and a piece of one, lack their `\n`. */
  readonly bytes: Uint8Array
  /** Whether this is nothing but a piece of a line longer than `maxLineBytes`; the next block goes on with that line. */
  readonly cut: boolean
}

/** Options of {@link BlockCutter}. */
export interface BlockCutterOptions {
  readonly source: Source
  /** A longer line is delivered in pieces of this size. */
  readonly maxLineBytes: number
  readonly countLines: boolean
}

/**
 * What {@link LineCutter} does, without looking for any newline but the first and the last one of what was read: for
 * those who pass lines on, or search them all at once. Nothing is copied but the open line at the end.
 */
export class BlockCutter {
  readonly #options: BlockCutterOptions
  /** The open line in the pieces that came, which are joined when its end has come: a long one is copied twice, no more. */
  #pieces: Buffer[] = []
  #heldBytes = 0
  #offset = 0
  #line = 1

  constructor(options: BlockCutterOptions) {
    this.#options = options
  }

  /** Offset after the last byte that was delivered. */
  get offset(): number {
    return this.#offset
  }
  /** Number of the next line; pieces count as lines. 1 when lines are not counted. */
  get nextLine(): number {
    return this.#line
  }

  /** The lines that are whole now, and pieces of one that is too long. They share memory with what is pushed. */
  push({ buffer, from, to }: FreshBytes): LineBlock[] {
    const { maxLineBytes } = this.#options
    if (to - from <= maxLineBytes) return this.#push({ buffer, from, to })
    const blocks: LineBlock[] = []
    for (let at = from; at < to; at += maxLineBytes) {
      blocks.push(...this.#push({ buffer, from: at, to: Math.min(at + maxLineBytes, to) }))
    }
    return blocks
  }

  /** No more than the longest line: only the first one, which was open before, can be too long. */
  #push({ buffer, from, to }: FreshBytes): LineBlock[] {
    const fresh = asBuffer(buffer, from, to)
    const first = fresh.indexOf(NEWLINE)
    const content = this.#heldBytes + (first === -1 ? fresh.length : first)
    if (content > this.#options.maxLineBytes) return this.#cutLong(Buffer.concat([...this.#pieces, fresh]), content)
    const last = first === -1 ? -1 : fresh.lastIndexOf(NEWLINE)
    if (last === -1) {
      this.#hold(Buffer.from(fresh))
      return []
    }
    const whole = this.#withHeld({ buffer, from, to: from + last + 1 })
    this.#drop()
    this.#hold(Buffer.from(fresh.subarray(last + 1)))
    return [this.#emit(whole, false)]
  }

  /** The open line as it is. */
  end(): LineBlock | undefined {
    const rest = Buffer.concat(this.#pieces)
    this.#drop()
    return rest.length > 0 ? this.#emit(rest, false) : undefined
  }

  /** `content` bytes of the first line are there and are too many. */
  #cutLong(bytes: Buffer, content: number): LineBlock[] {
    const { maxLineBytes } = this.#options
    const blocks: LineBlock[] = []
    let at = 0
    for (; content - at > maxLineBytes; at += maxLineBytes) {
      blocks.push(this.#emit(bytes.subarray(at, at + maxLineBytes), true))
    }
    this.#drop()
    return [...blocks, ...this.#push({ buffer: bytes, from: at, to: bytes.length })]
  }

  /** What is held goes in front, where there is room. */
  #withHeld({ buffer, from, to }: FreshBytes): Buffer {
    let start = from - this.#heldBytes
    if (start < 0) return Buffer.concat([...this.#pieces, asBuffer(buffer, from, to)])
    for (const piece of this.#pieces) {
      buffer.set(piece, start)
      start += piece.length
    }
    return asBuffer(buffer, from - this.#heldBytes, to)
  }

  #hold(piece: Buffer): void {
    if (piece.length > 0) this.#pieces.push(piece)
    this.#heldBytes += piece.length
  }

  #drop(): void {
    this.#pieces = []
    this.#heldBytes = 0
  }

  #emit(bytes: Buffer, cut: boolean): LineBlock {
    const { source, countLines } = this.#options
    const [offset, firstLine] = [this.#offset, countLines ? this.#line : 0]
    this.#offset += bytes.length
    if (countLines) this.#line += countLineEnds(bytes)
    return { kind: 'block', source, offset, firstLine, bytes: plain(bytes), cut }
  }
}

/** How many lines there are; one without its newline counts. */
function countLineEnds(bytes: Buffer): number {
  let count = bytes.length > 0 && bytes.at(-1) !== NEWLINE ? 1 : 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++
  return count
}

function asBuffer(bytes: Uint8Array, from: number, to: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
}

function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
