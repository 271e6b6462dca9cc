import { lineAt, lineOffset, type Delivery, type LineBatch, type ResumeToken } from '@logflow/core'
import { formatTailHash, TAIL_BYTES } from '../identity/identity.ts'
import { cursorOf, formatCursor } from '../journal/cursor.ts'
import { isFifoSource, isJournalSource } from '../streams/stream-ids.ts'

/**
 * Where a reader who has dealt with `item` goes on, proven by the last bytes of `item` itself: for whoever keeps
 * positions elsewhere than in a {@link Checkpoint}. `undefined` for an event, which moves nothing. After a gap there
 * are no bytes to prove the place with, so the proof is empty. In a journal the proof is the cursor of the last entry; in
 * a fifo nobody can go on, so there is no token.
 */
export function resumeTokenAfter(item: Delivery): ResumeToken | undefined {
  if (item.kind === 'event' || isFifoSource(item.source)) return undefined
  const sourceId = item.source.id
  if (item.kind === 'gap') return { sourceId, offset: item.to, tailHash: '' }
  if (item.ends.length === 0) return undefined
  if (!item.offsets) {
    return { sourceId, offset: item.offset + item.bytes.length, tailHash: proofOf(item, item.bytes) }
  }
  // Of a selection only the last line is known to lie before the offset.
  const last = item.ends.length - 1
  const line = lineAt(item, last)
  return {
    sourceId,
    offset: lineOffset(item, last) + line.length,
    tailHash: proofOf(item, line),
  }
}

function proofOf(batch: LineBatch, bytes: Uint8Array): string {
  if (!isJournalSource(batch.source)) return formatTailHash(bytes.subarray(-TAIL_BYTES))
  const cursor = cursorOf(lineAt(batch, batch.ends.length - 1))
  return cursor === undefined ? '' : formatCursor(cursor)
}
