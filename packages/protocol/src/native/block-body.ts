import type { Source } from '@logflow/core'
import { ProtocolError } from '../errors.ts'
import { FieldWriter, type FieldReader } from './fields.ts'

/** Flag of a `block` frame: lines between `offset` and `through` were left out. */
const BLOCK_SELECTED = 1
/** Flag of a `block` frame: its last line goes on in the next block of the source. */
const BLOCK_OPEN = 2

/** Bytes of a `block` frame's body before the lines. */
export const BLOCK_HEAD_BYTES: number = 2 + 8 + 8 + 8

/**
 * Lines as they are to be printed, whose ends nobody has looked for. Cheaper than a `LineBatch` on both sides; of a
 * selection it does not say where each line was.
 */
export interface NativeBlock {
  readonly kind: 'block'
  readonly source: Source
  /** Offset of the first byte in the source. */
  readonly offset: number
  /** Offset behind the last byte in the source: whoever has printed this block goes on there. */
  readonly through: number
  /** 1-based number of the first line; 0 when lines are not counted. */
  readonly firstLine: number
  readonly bytes: Uint8Array
  /** Lines between `offset` and `through` were left out. */
  readonly selected: boolean
  /** The last line goes on in the next block. Otherwise only the last line of a source lacks its newline. */
  readonly open: boolean
}

/** Flags and body of a `block` frame up to its bytes. */
export function blockHead(block: NativeBlock, slot: number): { readonly flags: number; readonly head: Uint8Array } {
  const fields = new FieldWriter(BLOCK_HEAD_BYTES).uint16(slot)
  fields.uint64(block.offset).uint64(block.through).uint64(block.firstLine)
  const flags = (block.selected ? BLOCK_SELECTED : 0) | (block.open ? BLOCK_OPEN : 0)
  return { flags, head: fields.done() }
}

/** The block in a `block` frame, from behind its slot. @throws ProtocolError `LF_PROTOCOL_MALFORMED` */
export function readBlockBody(source: Source, flags: number, fields: FieldReader): NativeBlock {
  if ((flags & ~(BLOCK_SELECTED | BLOCK_OPEN)) !== 0) throw malformed(`unknown flags ${flags}`)
  const [offset, through, firstLine] = [fields.offset(), fields.offset(), fields.offset()]
  const bytes = fields.rest()
  const selected = (flags & BLOCK_SELECTED) !== 0
  if (through - offset < bytes.length) throw malformed('a block is longer than its place')
  if (!selected && through - offset !== bytes.length) throw malformed('a block does not fill its place')
  return { kind: 'block', source, offset, through, firstLine, bytes, selected, open: (flags & BLOCK_OPEN) !== 0 }
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('LF_PROTOCOL_MALFORMED', message)
}
