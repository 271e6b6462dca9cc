import type { Clock } from '@logflow/core'
import type { FeedReader } from './feed-reader.ts'

/** How long a reader may stand still, and how time is told. */
export interface StallOptions {
  readonly limitMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

interface Stand {
  readonly offset: number
  readonly sinceMs: number
}

/** Looks four times per limit, so that nothing is done per byte or per reader between. */
const LOOKS_PER_LIMIT = 4

/**
 * Tells of each reader whose peer has taken no byte for the limit although there were some. Runs until the signal; with
 * an infinite limit there is nothing to do.
 */
export async function watchStalls(
  readers: ReadonlySet<FeedReader>,
  { limitMs, clock, signal }: StallOptions,
  onStalled: (reader: FeedReader) => void,
): Promise<void> {
  if (limitMs === Infinity) return
  const stands = new WeakMap<FeedReader, Stand>()
  for (;;) {
    try {
      await clock.sleep(limitMs / LOOKS_PER_LIMIT, { signal })
    } catch {
      return // the signal
    }
    const now = clock.monotonicMs()
    for (const reader of readers) {
      const before = stands.get(reader)
      const { offset, state } = reader
      if (state !== 'blocked') stands.delete(reader)
      else if (before?.offset !== offset) stands.set(reader, { offset, sinceMs: now })
      else if (now - before.sinceMs >= limitMs) {
        stands.set(reader, { offset, sinceMs: Infinity }) // told once: it takes a moment to leave
        onStalled(reader)
      }
    }
  }
}
