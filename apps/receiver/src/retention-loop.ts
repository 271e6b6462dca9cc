import { systemClock, type Logger } from '@logflow/core'
import type { Store } from '@logflow/store'

const EVERY_MS = 60_000

/** Options of {@link keepRetention}. Zero keeps everything. */
export interface RetentionLoopOptions {
  readonly maxAgeMs: number
  readonly maxBytes: number
  readonly logger: Logger
  readonly signal: AbortSignal
}

/** Removes what need not stay, once a minute, until the signal. A failure is logged and tried again. */
export async function keepRetention(
  store: Store,
  { maxAgeMs, maxBytes, logger, signal }: RetentionLoopOptions,
): Promise<void> {
  if (maxAgeMs === 0 && maxBytes === 0) return
  while (!signal.aborted) {
    try {
      const removed = await store.retain({ maxAgeMs: maxAgeMs || undefined, maxBytes: maxBytes || undefined })
      if (removed.removedSegments > 0) logger.info({ event: 'store.retained', ...removed })
    } catch (err) {
      logger.error({ event: 'retention.failed', err })
    }
    await systemClock.sleep(EVERY_MS, { signal }).catch(() => {}) // stopped
  }
}
