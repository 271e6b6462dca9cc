import { lineBatch, PIECE_BEGUN, PIECE_GOES_ON, type LineBatch, type Source } from '@logflow/core'
import { ProtocolError } from '../errors.ts'
import { FieldWriter, type FieldReader } from './fields.ts'

/** Flag of a `lines` frame: lines end where the newlines are, so that their lengths are not sent. */
export const LINES_BY_NEWLINE = 1
/** Flag of a `lines` frame: lines were left out, each has its own offset and number. */
export const LINES_SELECTED = 2

/** Flag of a `lines` frame: some are pieces of a line, a byte per line says which. */
export const LINES_IN_PIECES = 4

const HEADER_BYTES = 2 + 8 + 8 + 4

/** A body in two parts, so that the bytes of the lines are copied only once, into their frame. */
export interface SplitBody {
  readonly flags: number
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

/** Flags and body of a `lines` frame. */
export function splitLinesBody(batch: LineBatch, slot: number): SplitBody {
  const { bytes, ends, offset, firstLine, offsets, lineNumbers, pieces } = batch
  const byNewline = endsAtNewlines(bytes, ends)
  const selected = offsets !== undefined && lineNumbers !== undefined
  const fields = new FieldWriter(HEADER_BYTES + ends.length * fieldBytes(byNewline, selected, pieces !== undefined))
  fields.uint16(slot).uint64(offset).uint64(firstLine).uint32(ends.length)
  if (!byNewline) {
    for (let i = 0, start = 0; i < ends.length; i++) {
      const end = ends[i] as number
      fields.uint32(end - start)
      start = end
    }
  }
  if (selected) {
    for (let i = 0; i < ends.length; i++) fields.uint64(offsets[i] as number).uint64(lineNumbers[i] as number)
  }
  for (const piece of pieces ?? []) fields.uint8(piece)
  const flags =
    (byNewline ? LINES_BY_NEWLINE : 0) | (selected ? LINES_SELECTED : 0) | (pieces === undefined ? 0 : LINES_IN_PIECES)
  return { flags, head: fields.done(), tail: bytes }
}

/** The batch in a `lines` frame, from behind its slot. @throws ProtocolError `LF_PROTOCOL_MALFORMED` */
export function readLinesBody(source: Source, flags: number, fields: FieldReader): LineBatch {
  if ((flags & ~(LINES_BY_NEWLINE | LINES_SELECTED | LINES_IN_PIECES)) !== 0) throw malformed(`unknown flags ${flags}`)
  const byNewline = (flags & LINES_BY_NEWLINE) !== 0
  const selected = (flags & LINES_SELECTED) !== 0
  const inPieces = (flags & LINES_IN_PIECES) !== 0
  const [offset, firstLine, count] = [fields.offset(), fields.offset(), fields.uint32()]
  // Nothing is reserved for the declared count before the frame is known to hold it.
  if (count * Math.max(1, fieldBytes(byNewline, selected, inPieces)) > fields.left)
    throw malformed(`${count} lines do not fit`)
  const ends = byNewline ? undefined : readEnds(fields, count)
  const places = selected ? readPlaces(fields, count) : undefined
  const pieces = inPieces ? readPieces(fields, count) : undefined
  const bytes = fields.rest()
  const batch = lineBatch({ source, bytes, offset, firstLine, pieces, ...(ends && { ends }) })
  if (batch.ends.length !== count) throw malformed(`${count} lines declared, ${batch.ends.length} there`)
  if ((batch.ends.at(-1) ?? 0) !== bytes.length) throw malformed('lines do not end where the bytes do')
  if (!Number.isSafeInteger(offset + bytes.length)) throw malformed('offset out of range')
  return places ? { ...batch, ...places } : batch
}

/** Bytes per line besides the line itself. */
function fieldBytes(byNewline: boolean, selected: boolean, inPieces: boolean): number {
  return (byNewline ? 0 : 4) + (selected ? 16 : 0) + (inPieces ? 1 : 0)
}

function readPieces(fields: FieldReader, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => {
    const piece = fields.uint8()
    if (piece > (PIECE_BEGUN | PIECE_GOES_ON)) throw malformed(`unknown piece ${piece}`)
    return piece
  })
}

/** Whether the ends are exactly those that a reader finds by looking for newlines. */
function endsAtNewlines(bytes: Uint8Array, ends: Uint32Array): boolean {
  let at = 0
  for (let i = 0; i < ends.length; i++) {
    const newline = bytes.indexOf(10, at)
    at = newline === -1 ? bytes.length : newline + 1
    if (at !== ends[i]) return false
  }
  return at === bytes.length
}

function readEnds(fields: FieldReader, count: number): Uint32Array {
  const ends = new Uint32Array(count)
  let end = 0
  for (let i = 0; i < count; i++) {
    end += fields.uint32()
    if (end > 0xffff_ffff) throw malformed('lines are too long')
    ends[i] = end
  }
  return ends
}

function readPlaces(fields: FieldReader, count: number): { offsets: Float64Array; lineNumbers: Float64Array } {
  const offsets = new Float64Array(count)
  const lineNumbers = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    offsets[i] = fields.offset()
    lineNumbers[i] = fields.offset()
  }
  return { offsets, lineNumbers }
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('LF_PROTOCOL_MALFORMED', message)
}
