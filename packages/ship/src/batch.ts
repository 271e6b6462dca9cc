import type { Delivery, LineBatch } from '@logflow/core'
import { DeliveryDecoder, DeliveryEncoder } from '@logflow/protocol'

/** Lines of a source that follow each other travel as one delivery up to this size. */
const JOIN_BYTES = 256 * 1024

/**
 * The records of a batch as they are sent: a source is named once, neighbours of one source are one delivery. A slow
 * source spools line by line; what travels and is stored must not carry its name with every line. The same records
 * always give the same bytes.
 */
export function encodeBatch(records: readonly Uint8Array[]): Uint8Array {
  const encoder = new DeliveryEncoder()
  const parts: Uint8Array[] = []
  let run: LineBatch[] = []
  let runBytes = 0
  const flush = (): void => {
    if (run.length > 0) parts.push(encoder.encode(joinLines(run, runBytes)))
    run = []
    runBytes = 0
  }
  for (const item of decodeRecords(records)) {
    const last = run.at(-1)
    if (item.kind === 'lines' && last && follows(last, item) && runBytes + item.bytes.length <= JOIN_BYTES) {
      run.push(item)
      runBytes += item.bytes.length
      continue
    }
    flush()
    if (item.kind === 'lines') {
      run.push(item)
      runBytes = item.bytes.length
    } else {
      parts.push(encoder.encode(item))
    }
  }
  flush()
  return concat(parts)
}

/** The deliveries of a batch. @throws ProtocolError when a record is none */
export function* decodeRecords(records: readonly Uint8Array[]): Generator<Delivery, void, undefined> {
  const decoder = new DeliveryDecoder()
  for (const record of records) {
    decoder.push(record)
    for (let item = decoder.read(); item; item = decoder.read()) yield item
  }
  decoder.end()
}

function follows(before: LineBatch, after: LineBatch): boolean {
  if (before.offsets || after.offsets || before.source.id !== after.source.id) return false
  if (before.source.path !== after.source.path || before.source.host !== after.source.host) return false
  const counted =
    before.firstLine === 0 ? after.firstLine === 0 : before.firstLine + before.ends.length === after.firstLine
  return counted && before.offset + before.bytes.length === after.offset
}

function joinLines(run: readonly LineBatch[], size: number): LineBatch {
  const first = run[0] as LineBatch
  if (run.length === 1) return first
  const bytes = concat(
    run.map(batch => batch.bytes),
    size,
  )
  const ends = new Uint32Array(run.reduce((sum, batch) => sum + batch.ends.length, 0))
  let [line, at] = [0, 0]
  for (const batch of run) {
    for (const end of batch.ends) ends[line++] = at + end
    at += batch.bytes.length
  }
  const pieces = run.some(batch => batch.pieces) ? run.flatMap(piecesOf) : undefined
  return { ...first, bytes, ends, ...(pieces && { pieces: Uint8Array.from(pieces) }) }
}

function piecesOf({ pieces, ends }: LineBatch): readonly number[] {
  return pieces ? [...pieces] : Array<number>(ends.length).fill(0)
}

function concat(parts: readonly Uint8Array[], size = parts.reduce((sum, part) => sum + part.length, 0)): Uint8Array {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
