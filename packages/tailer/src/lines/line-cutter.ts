import { lineBatch, linePieces, type LineBatch, type Source } from '@logflow/core'

const NEWLINE = 10

/** How bytes become lines. */
export interface Cutting {
  /** A longer line comes in pieces of this size. */
  readonly maxLineBytes: number
  /** Without it newlines are looked for only when somebody asks a batch for them. @defaultValue true */
  readonly countLines?: boolean | undefined
}

/** Options of {@link LineCutter}. */
export interface LineCutterOptions extends Cutting {
  readonly source: Source
  readonly offset: number
}

/** Bytes that were read: `[from, to)` of `buffer`. What lies before `from` may be overwritten. */
export interface FreshBytes {
  readonly buffer: Uint8Array
  readonly from: number
  readonly to: number
}

/** A batch, and whether its bytes are those of the buffer: then the buffer is the consumer's now. */
export interface CutBatch {
  readonly batch: LineBatch
  readonly sharesBuffer: boolean
}

/**
 * What `LineSplitter` of core does, for bytes that lie in a buffer with room in front: the open line that was held back
 * is put there, so that a backlog is not copied at every read, and newlines are found by `Buffer`, which is five times
 * as fast. Batches that fill less than half of the buffer are copied out of it.
 */
export class LineCutter {
  readonly #source: Source
  readonly #maxLineBytes: number
  readonly #countLines: boolean
  #offset: number
  #line = 1
  #held: Uint8Array[] = []
  #heldBytes = 0
  /** What was delivered last had no newline. */
  #inLine = false

  constructor({ source, offset, maxLineBytes, countLines = true }: LineCutterOptions) {
    this.#source = source
    this.#offset = offset
    this.#maxLineBytes = maxLineBytes
    this.#countLines = countLines
  }

  /** Offset after the last byte that was delivered. */
  get offset(): number {
    return this.#offset
  }
  /** Bytes of the open line that are held back. */
  get heldBytes(): number {
    return this.#heldBytes
  }
  /** The open line as far as it is held back. */
  get held(): Uint8Array | undefined {
    return this.#heldBytes === 0 ? undefined : new Uint8Array(Buffer.concat(this.#held))
  }
  /** The first bytes of the open line, at most `size`. */
  heldHead(size: number): Uint8Array {
    const bytes = new Uint8Array(Math.min(size, this.#heldBytes))
    let at = 0
    for (const part of this.#held) {
      if (at === bytes.length) break
      bytes.set(part.subarray(0, bytes.length - at), at)
      at += Math.min(part.length, bytes.length - at)
    }
    return bytes
  }
  /** Number of the next line. */
  get nextLine(): number {
    return this.#line
  }

  /** Everything before `offset` was read by somebody; `line` begins with `held`. */
  goOn(offset: number, line: number, held: Uint8Array | undefined): void {
    this.#offset = offset - (held?.length ?? 0)
    this.#line = line
    if (held) this.#hold(held)
  }

  /** The lines that are whole now. */
  push({ buffer, from, to }: FreshBytes): CutBatch | undefined {
    const last = asBuffer(buffer, from, to).lastIndexOf(NEWLINE)
    if (last === -1) {
      this.#hold(buffer.slice(from, to))
      return this.#heldBytes > this.#maxLineBytes ? { batch: this.#emitPieces(), sharesBuffer: false } : undefined
    }
    const end = from + last + 1
    const rest = buffer.slice(end, to)
    const size = this.#heldBytes + end - from
    const sharesBuffer = this.#heldBytes <= from && size * 2 >= buffer.length
    const bytes = sharesBuffer ? buffer.subarray(from - this.#heldBytes, end) : new Uint8Array(size)
    if (!sharesBuffer) bytes.set(buffer.subarray(from, end), this.#heldBytes)
    this.#moveHeld(bytes)
    this.#hold(rest)
    return { batch: this.#emit(bytes), sharesBuffer }
  }

  /** The open line as it is. `goesOn`: its rest is awaited. */
  end({ goesOn = false }: { readonly goesOn?: boolean } = {}): LineBatch | undefined {
    if (this.#heldBytes === 0) return undefined
    const bytes = new Uint8Array(this.#heldBytes)
    this.#moveHeld(bytes)
    return this.#emit(bytes, goesOn)
  }

  /** Goes on at another offset with nothing held: bytes were left out. */
  skipTo(offset: number): void {
    this.#held = []
    this.#heldBytes = 0
    this.#inLine = false
    this.#offset = offset
  }

  /** A line over the limit that is still open: whole pieces go, at least one byte stays for the newline to follow. */
  #emitPieces(): LineBatch {
    const bytes = new Uint8Array(this.#heldBytes)
    this.#moveHeld(bytes)
    const size = Math.floor((bytes.length - 1) / this.#maxLineBytes) * this.#maxLineBytes
    this.#hold(bytes.slice(size))
    return this.#emit(bytes.subarray(0, size))
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
  }

  /** What is held goes to the start of `into`. */
  #moveHeld(into: Uint8Array): void {
    let at = 0
    for (const part of this.#held) {
      into.set(part, at)
      at += part.length
    }
    this.#held = []
    this.#heldBytes = 0
  }

  #emit(bytes: Uint8Array, goesOn = true): LineBatch {
    const [source, offset] = [this.#source, this.#offset]
    const place = { begun: this.#inLine, goesOn }
    this.#offset += bytes.length
    this.#inLine = bytes[bytes.length - 1] !== NEWLINE
    if (!this.#countLines) return uncountedBatch({ source, offset, bytes }, this.#maxLineBytes, place)
    const cut = cutLines(bytes, this.#maxLineBytes, place)
    const batch = lineBatch({ source, bytes, offset, firstLine: this.#line, ...cut })
    this.#line += cut.ends.length
    return batch
  }
}

/** Whether the first of some lines began before, and whether the last one goes on where it has no newline. */
interface Place {
  readonly begun: boolean
  readonly goesOn: boolean
}

/** A batch whose newlines are looked for when somebody asks where they are, and once. */
function uncountedBatch(
  { source, offset, bytes }: Pick<LineBatch, 'source' | 'offset' | 'bytes'>,
  maxLineBytes: number,
  place: Place,
): LineBatch {
  let cut: Pick<LineBatch, 'ends' | 'pieces'> | undefined
  return {
    kind: 'lines',
    source,
    offset,
    bytes,
    get ends() {
      return (cut ??= cutLines(bytes, maxLineBytes, place)).ends
    },
    get pieces() {
      return (cut ??= cutLines(bytes, maxLineBytes, place)).pieces
    },
    firstLine: 0,
  }
}

function cutLines(bytes: Uint8Array, maxLineBytes: number, place: Place): Pick<LineBatch, 'ends' | 'pieces'> {
  const ends = lineEnds(bytes, maxLineBytes)
  const whole = !place.begun && bytes[bytes.length - 1] === NEWLINE && longest <= maxLineBytes
  return { ends, pieces: whole ? undefined : linePieces(bytes, ends, place) }
}

let scratch = new Uint32Array(4096)
/** Of the lines that {@link lineEnds} saw last. */
let longest = 0

/** Exclusive ends of the lines; longer ones are cut at multiples of the limit, never before their newline alone. */
function lineEnds(bytes: Uint8Array, maxLineBytes: number): Uint32Array {
  const buffer = asBuffer(bytes, 0, bytes.length)
  let count = 0
  let start = 0
  longest = 0
  const add = (end: number): void => {
    if (count === scratch.length) scratch = grown(scratch)
    scratch[count++] = end
  }
  while (start < bytes.length) {
    const at = buffer.indexOf(NEWLINE, start)
    const content = at === -1 ? bytes.length : at
    if (content - start > longest) longest = content - start
    for (; content - start > maxLineBytes; start += maxLineBytes) add(start + maxLineBytes)
    start = at === -1 ? bytes.length : at + 1
    add(start)
  }
  return scratch.slice(0, count)
}

function grown(from: Uint32Array): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(from.length * 2)
  to.set(from)
  return to
}

function asBuffer(bytes: Uint8Array, from: number, to: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
}
