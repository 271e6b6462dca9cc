import { crc32 } from 'node:zlib'
import type { EntryId } from './entry.ts'
import { MAX_SEGMENT_HEADER_BYTES } from '../limits.ts'

/** How a segment begins: enough to read it alone, and to know what went before without reading that. */
export interface SegmentHeader {
  readonly stream: string
  readonly segment: number
  /** The segment before and where its entries end; what lies behind that end was never acknowledged. */
  readonly previous: { readonly segment: number; readonly length: number } | null
  readonly createdAtMs: number
  /** The last sequence of each epoch at this point, least recently used first. */
  readonly sequences: readonly EntryId[]
}

/** What {@link decodeSegmentHeader} found. */
export type SegmentHeaderRead =
  | { readonly kind: 'header'; readonly header: SegmentHeader; readonly length: number }
  | { readonly kind: 'short' }
  | { readonly kind: 'damaged' }

const MAGIC = 0x4c465347 // LFSG
const VERSION = 1
const FRAME_BYTES = 16

/** The header as it lies at the start of the file: magic, version, length, checksum, JSON. */
export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(header))
  const bytes = new Uint8Array(FRAME_BYTES + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC)
  view.setUint16(4, VERSION)
  view.setUint32(8, body.length)
  view.setUint32(12, crc32(body))
  bytes.set(body, FRAME_BYTES)
  return bytes
}

/** Reads the header at the start of `bytes`. Never throws; another version is `damaged`, it cannot be read here. */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeaderRead {
  if (bytes.length < FRAME_BYTES) return { kind: 'short' }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(8)
  if (view.getUint32(0) !== MAGIC || view.getUint16(4) !== VERSION || length > MAX_SEGMENT_HEADER_BYTES)
    return { kind: 'damaged' }
  if (bytes.length < FRAME_BYTES + length) return { kind: 'short' }
  const body = bytes.subarray(FRAME_BYTES, FRAME_BYTES + length)
  if (crc32(body) !== view.getUint32(12)) return { kind: 'damaged' }
  // The checksum holds, so this is what encodeSegmentHeader wrote.
  const header = JSON.parse(new TextDecoder().decode(body)) as SegmentHeader
  return { kind: 'header', header, length: FRAME_BYTES + length }
}
