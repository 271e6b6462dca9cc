import { unlink } from 'node:fs/promises'
import type { Logger } from '@logflow/core'
import { syncFolder } from './sync-folder.ts'
import { LastSequences } from './last-sequences.ts'
import { listSegments, SegmentReader } from './segment-reader.ts'

/** What an earlier process left of a stream. */
export interface RecoveredStream {
  /** The newest segment and where its good entries end; `null` for a stream without segments. */
  readonly newest: { readonly segment: number; readonly length: number } | null
  readonly sequences: LastSequences
  /** Bytes behind that end: an append that was never acknowledged. */
  readonly tornBytes: number
  /** Bytes of the newest segment that do not check. */
  readonly damagedBytes: number
}

/**
 * Finds the end of a stream. Only the newest segment is read: its header knows the sequences before it. A torn tail
 * is cut by leaving it behind: the next segment's header says where this one ends, and no byte is destroyed on a guess.
 */
export async function recoverStream(folder: string, stream: string, logger: Logger): Promise<RecoveredStream> {
  const segments = await listSegments(folder)
  for (;;) {
    const segment = segments.pop()
    if (segment === undefined) return { newest: null, sequences: new LastSequences(), tornBytes: 0, damagedBytes: 0 }
    const reader = new SegmentReader(folder, segment)
    const read = await reader.header()
    if (read?.kind === 'header') {
      const sequences = new LastSequences(read.header.sequences)
      const end = await findEnd(reader, read.length, sequences)
      report(end, { stream, segment, logger })
      return { newest: { segment, length: end.length }, sequences, ...end }
    }
    if (read?.kind === 'damaged') return recoverBefore(folder, { stream, segment, segments, logger })
    // A header is durable before the first append, so a short one never had entries.
    await unlink(reader.path)
    await syncFolder(folder)
  }
}

interface End {
  readonly length: number
  readonly tornBytes: number
  readonly damagedBytes: number
}

async function findEnd(reader: SegmentReader, start: number, sequences: LastSequences): Promise<End> {
  for (let offset = start; ;) {
    const run = await reader.read(offset)
    if (!run) return { length: offset, tornBytes: 0, damagedBytes: 0 }
    for (const entry of run.entries) sequences.record(entry.id)
    offset = run.nextOffset
    if (run.stopped === 'more') continue
    const left = ((await reader.size()) ?? offset) - offset
    const torn = run.stopped !== 'damaged' || (await reader.isZero(offset))
    // Damage is not cut: what follows it may be whole, so the segment keeps its length and readers report the gap.
    return torn
      ? { length: offset, tornBytes: left, damagedBytes: 0 }
      : { length: offset + left, tornBytes: 0, damagedBytes: left }
  }
}

/** The newest segment cannot be read: it counts as damaged from end to end, the one before still knows sequences. */
async function recoverBefore(
  folder: string,
  { stream, segment, segments, logger }: { stream: string; segment: number; segments: number[]; logger: Logger },
): Promise<RecoveredStream> {
  const length = (await new SegmentReader(folder, segment).size()) ?? 0
  report({ length, tornBytes: 0, damagedBytes: length }, { stream, segment, logger })
  const sequences = new LastSequences()
  const before = segments.at(-1)
  if (before !== undefined) {
    const reader = new SegmentReader(folder, before)
    const read = await reader.header()
    if (read?.kind === 'header') {
      for (const id of read.header.sequences) sequences.record(id)
      await findEnd(reader, read.length, sequences)
    }
  }
  return { newest: { segment, length }, sequences, tornBytes: 0, damagedBytes: length }
}

function report(end: End, { stream, segment, logger }: { stream: string; segment: number; logger: Logger }): void {
  const place = { stream, segment, offset: end.length }
  if (end.tornBytes > 0)
    logger.warn({ event: 'segment.torn', ...place, tornBytes: end.tornBytes }, 'cut an append that was not finished')
  if (end.damagedBytes > 0)
    logger.error({ event: 'segment.damaged', ...place, damagedBytes: end.damagedBytes }, 'segment does not check')
}
