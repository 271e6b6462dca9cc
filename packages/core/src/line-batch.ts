import type { LineBatch } from './delivery.ts'
import type { Source } from './source.ts'

const NEWLINE = 10

/** What {@link lineBatch} needs; `offset` is 0 and `firstLine` is 1 unless given. */
export interface LineBatchInit {
  readonly source: Source
  readonly bytes: Uint8Array
  readonly offset?: number
  readonly firstLine?: number
  /** Exclusive line ends, when the caller already knows them. */
  readonly ends?: Uint32Array
  /** See {@link LineBatch.pieces}. */
  readonly pieces?: Uint8Array | undefined
}

/** A contiguous batch over `bytes`, which is kept, not copied. A last line without `\n` counts as a line. */
export function lineBatch({
  source,
  bytes,
  offset = 0,
  firstLine = 1,
  ends = lineEnds(bytes),
  pieces,
}: LineBatchInit): LineBatch {
  return { kind: 'lines', source, offset, bytes, ends, firstLine, ...(pieces && { pieces }) }
}

/** Number of lines in the batch. */
export function lineCount(batch: LineBatch): number {
  return batch.ends.length
}

/** Line `index`, its `\n` included. Shares memory with the batch. */
export function lineAt(batch: LineBatch, index: number): Uint8Array {
  return batch.bytes.subarray(index === 0 ? 0 : batch.ends[index - 1], batch.ends[index])
}

/** Offset in the source of line `index`. */
export function lineOffset(batch: LineBatch, index: number): number {
  if (batch.offsets) return batch.offsets[index] as number
  return batch.offset + (index === 0 ? 0 : (batch.ends[index - 1] as number))
}

/** 1-based number of line `index` within the current read; 0 when lines are not counted. */
export function lineNumber(batch: LineBatch, index: number): number {
  if (batch.lineNumbers) return batch.lineNumbers[index] as number
  return batch.firstLine === 0 ? 0 : batch.firstLine + index
}

/** Every line of the batch, its `\n` included; for tests and small outputs, hot paths use `ends`. */
export function* eachLine(batch: LineBatch): Generator<Uint8Array, void, undefined> {
  for (let index = 0; index < batch.ends.length; index++) yield lineAt(batch, index)
}

/**
 * The lines at `indexes` (ascending) as a selection: bytes are copied once, offsets and line numbers are kept per
 * line. All lines selected returns the batch itself.
 */
export function selectLines(batch: LineBatch, indexes: ArrayLike<number>): LineBatch {
  const count = indexes.length
  if (count === batch.ends.length) return batch
  const ends = new Uint32Array(count)
  const offsets = new Float64Array(count)
  const lineNumbers = new Float64Array(count)
  let size = 0
  for (let i = 0; i < count; i++) {
    const index = indexes[i] as number
    const start = index === 0 ? 0 : (batch.ends[index - 1] as number)
    size += (batch.ends[index] as number) - start
    ends[i] = size
    offsets[i] = lineOffset(batch, index)
    lineNumbers[i] = lineNumber(batch, index)
  }
  const bytes = new Uint8Array(size)
  copyRuns(batch, indexes, bytes)
  return {
    kind: 'lines',
    source: batch.source,
    offset: count === 0 ? batch.offset : (offsets[0] as number),
    bytes,
    ends,
    firstLine: count === 0 ? 0 : (lineNumbers[0] as number),
    offsets,
    lineNumbers,
    ...selectPieces(batch, indexes),
  }
}

function selectPieces({ pieces }: LineBatch, indexes: ArrayLike<number>): Pick<LineBatch, 'pieces'> {
  if (!pieces) return {}
  const selected = Uint8Array.from(indexes, index => pieces[index] as number)
  return selected.some(piece => piece !== 0) ? { pieces: selected } : {}
}

/** Copies the chosen lines, neighbours in one go. */
function copyRuns(batch: LineBatch, indexes: ArrayLike<number>, into: Uint8Array): void {
  let at = 0
  for (let i = 0; i < indexes.length;) {
    const first = indexes[i] as number
    let last = first
    while (++i < indexes.length && indexes[i] === last + 1) last++
    const start = first === 0 ? 0 : (batch.ends[first - 1] as number)
    const end = batch.ends[last] as number
    into.set(batch.bytes.subarray(start, end), at)
    at += end - start
  }
}

function lineEnds(bytes: Uint8Array): Uint32Array {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++
  const open = bytes.length > 0 && bytes[bytes.length - 1] !== NEWLINE
  const ends = new Uint32Array(open ? count + 1 : count)
  let i = 0
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) ends[i++] = at + 1
  if (open) ends[i] = bytes.length
  return ends
}
