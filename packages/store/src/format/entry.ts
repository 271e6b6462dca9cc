import { crc32 } from 'node:zlib'
import { StoreError } from '../errors.ts'
import { MAX_ENTRY_BYTES, MAX_EPOCH_CHARS } from '../limits.ts'

/** Names one append within its stream. */
export interface EntryId {
  /** One life of the sender's queue: 1 to 64 characters of `A-Za-z0-9._-`. */
  readonly epoch: string
  /** Safe integer, at least 0, ascending within the epoch. */
  readonly sequence: number
}

/** What a segment holds: the bytes as they were appended, their name and when they came. */
export interface Entry {
  readonly id: EntryId
  readonly receivedAtMs: number
  readonly bytes: Uint8Array
}

/** What {@link decodeEntry} found. `short`: the buffer ends before `neededBytes`, counted from the entry's start. */
export type EntryRead =
  | { readonly kind: 'entry'; readonly entry: Entry; readonly end: number }
  | { readonly kind: 'short'; readonly neededBytes: number }
  | { readonly kind: 'damaged' }

const FRAME_BYTES = 8
const FIXED_BYTES = 17
const EPOCH = /^[A-Za-z0-9._-]{1,64}$/

/** The bytes before an entry's own: `head` then `entry.bytes` is the whole frame. */
export function encodeEntryHead({ id, receivedAtMs, bytes }: Entry): Uint8Array {
  checkEntry(id, bytes)
  const head = new Uint8Array(FRAME_BYTES + FIXED_BYTES + id.epoch.length)
  const view = new DataView(head.buffer)
  view.setUint32(0, head.length - FRAME_BYTES + bytes.length)
  setUint64(view, 8, Math.max(0, Math.trunc(receivedAtMs)))
  setUint64(view, 16, id.sequence)
  head[24] = id.epoch.length
  for (let i = 0; i < id.epoch.length; i++) head[25 + i] = id.epoch.charCodeAt(i)
  view.setUint32(4, crc32(bytes, crc32(head.subarray(FRAME_BYTES), crc32(head.subarray(0, 4)))))
  return head
}

/** Reads the entry that starts at `at`. Its bytes share memory with `buffer`. Never throws, whatever the bytes are. */
export function decodeEntry(buffer: Uint8Array, at: number): EntryRead {
  const left = buffer.length - at
  if (left < FRAME_BYTES) return { kind: 'short', neededBytes: FRAME_BYTES }
  const view = new DataView(buffer.buffer, buffer.byteOffset + at, left)
  const length = view.getUint32(0)
  if (length <= FIXED_BYTES || length > MAX_ENTRY_BYTES + FIXED_BYTES + MAX_EPOCH_CHARS) return { kind: 'damaged' }
  const end = at + FRAME_BYTES + length
  if (left < FRAME_BYTES + length) return { kind: 'short', neededBytes: FRAME_BYTES + length }
  const crc = crc32(buffer.subarray(at + FRAME_BYTES, end), crc32(buffer.subarray(at, at + 4)))
  const epochEnd = at + FRAME_BYTES + FIXED_BYTES + view.getUint8(24)
  if (crc !== view.getUint32(4) || epochEnd > end) return { kind: 'damaged' }
  const epoch = String.fromCharCode(...buffer.subarray(at + FRAME_BYTES + FIXED_BYTES, epochEnd))
  const [receivedAtMs, sequence] = [getUint64(view, 8), getUint64(view, 16)]
  if (!EPOCH.test(epoch) || !Number.isSafeInteger(receivedAtMs) || !Number.isSafeInteger(sequence))
    return { kind: 'damaged' }
  return { kind: 'entry', entry: { id: { epoch, sequence }, receivedAtMs, bytes: buffer.subarray(epochEnd, end) }, end }
}

function checkEntry({ epoch, sequence }: EntryId, bytes: Uint8Array): void {
  if (!EPOCH.test(epoch) || !Number.isSafeInteger(sequence) || sequence < 0)
    throw new StoreError('LF_STORE_ENTRY', `not an id: ${JSON.stringify(epoch).slice(0, 80)}, ${sequence}`)
  if (bytes.length > MAX_ENTRY_BYTES)
    throw new StoreError('LF_STORE_ENTRY', `entry of ${bytes.length} bytes, limit is ${MAX_ENTRY_BYTES}`, {
      detail: { length: bytes.length },
    })
}

function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 0x1_0000_0000))
  view.setUint32(at + 4, value % 0x1_0000_0000)
}

function getUint64(view: DataView, at: number): number {
  return view.getUint32(at) * 0x1_0000_0000 + view.getUint32(at + 4)
}
