import { lineAt, lineOffset, type Delivery, type ResumeToken } from '@logflow/core'
import { formatTailHash, TAIL_BYTES } from './identity.ts'

/**
 * Where a reader who has dealt with `item` goes on, proven by the last bytes of `item` itself: for whoever keeps
 * positions elsewhere than in a {@link Checkpoint}. `undefined` for an event, which moves nothing. After a gap there
 * are no bytes to prove the place with, so the proof is empty.
 */
export function resumeTokenAfter(item: Delivery): ResumeToken | undefined {
  if (item.kind === 'event') return undefined
  const sourceId = item.source.id
  if (item.kind === 'gap') return { sourceId, offset: item.to, tailHash: '' }
  if (item.ends.length === 0) return undefined
  if (!item.offsets) {
    const offset = item.offset + item.bytes.length
    return { sourceId, offset, tailHash: formatTailHash(item.bytes.subarray(-TAIL_BYTES)) }
  }
  // Of a selection only the last line is known to lie before the offset.
  const last = item.ends.length - 1
  const line = lineAt(item, last)
  return {
    sourceId,
    offset: lineOffset(item, last) + line.length,
    tailHash: formatTailHash(line.subarray(-TAIL_BYTES)),
  }
}
