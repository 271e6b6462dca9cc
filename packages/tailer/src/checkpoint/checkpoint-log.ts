import { crc32 } from 'node:zlib'

/** First line of every checkpoint file; another version is another word. */
export const CHECKPOINT_HEADER = 'logflow-checkpoint 1\n'

/** How far one source was delivered and acknowledged. */
export interface CheckpointEntry {
  readonly sourceId: string
  readonly host: string
  readonly path: string
  /** Offset of the next byte. */
  readonly offset: number
  /** Proof of the bytes before `offset`, see {@link hashTail}; empty when there is none. */
  readonly tailHash: string
  /** When it was acknowledged, ms since 1970. */
  readonly atMs: number
  /** What lay beside it when it was opened, as following wrote it down: what is younger came after it. */
  readonly beside?: string | undefined
  /** It had been read to its end, and its name belonged to another file: nothing is missing when it is gone. */
  readonly complete?: boolean | undefined
  /** Beside `complete`: since when, ms since 1970, while who wrote it may not have moved on yet. */
  readonly rotatedMs?: number | undefined
}

/**
 * One record: the whole state of one source, so that any earlier record of it may be lost.
 *
 *     record = crc32 of the rest, 8 hex digits, " ", JSON, "\n"
 *
 * A forgotten source is `{"sourceId":"…"}` alone.
 */
export function encodeCheckpointRecord(record: CheckpointEntry | { readonly sourceId: string }): Uint8Array {
  const json = JSON.stringify(record)
  return Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} ${json}\n`)
}

/** What a checkpoint file says, and what of it could not be read. */
export interface CheckpointLog {
  readonly entries: Map<string, CheckpointEntry>
  /** Whole records. */
  readonly records: number
  /** Lines that were damaged and skipped; their sources fall back to an earlier record, or to none. */
  readonly damaged: number
  /** Where the last whole line ends; what follows was torn by a crash. */
  readonly validBytes: number
}

/** Reads whatever bytes a crash left. Never throws. */
export function decodeCheckpointLog(bytes: Uint8Array): CheckpointLog {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = new Map<string, CheckpointEntry>()
  let [at, records, damaged] = [0, 0, 0]
  for (let end = text.indexOf(10); end !== -1; end = text.indexOf(10, at)) {
    const line = text.toString('utf8', at, end)
    at = end + 1
    if (`${line}\n` === CHECKPOINT_HEADER) continue
    const record = parseRecord(line)
    if (!record) damaged++
    else entries.delete(record.sourceId)
    if (record && 'offset' in record) entries.set(record.sourceId, record)
    if (record) records++
  }
  return { entries, records, damaged, validBytes: at }
}

function parseRecord(line: string): CheckpointEntry | { readonly sourceId: string } | undefined {
  const json = line.slice(9)
  if (line[8] !== ' ' || line.slice(0, 8) !== crc32(json).toString(16).padStart(8, '0')) return undefined
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  return isEntry(value) ? value : isForgotten(value) ? value : undefined
}

function isEntry(value: unknown): value is CheckpointEntry {
  if (typeof value !== 'object' || value === null) return false
  const {
    sourceId,
    host,
    path,
    offset,
    tailHash,
    atMs,
    beside = '',
    complete = true,
    rotatedMs = 0,
  } = value as Record<string, unknown>
  const texts = [sourceId, host, path, tailHash, beside].every(text => typeof text === 'string')
  const times = [atMs, rotatedMs].every(time => typeof time === 'number')
  return texts && times && complete === true && Number.isSafeInteger(offset) && (offset as number) >= 0
}

function isForgotten(value: unknown): value is { readonly sourceId: string } {
  return typeof value === 'object' && value !== null && typeof (value as { sourceId?: unknown }).sourceId === 'string'
}
