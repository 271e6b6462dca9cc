import { silentLogger, systemClock, type AbortOptions, type Clock, type Logger } from '@logflow/core'
import { formatBatchId } from '@logflow/protocol'
import { Backoff, jittered, type Random } from '@logflow/ratelimit'
import { ShipError } from './errors.ts'
import type { Spool, SpooledBatch } from './spool.ts'
import type { Uploads } from './upload.ts'

/** How often to upload when all is well. After a failure it is tried again sooner, never later. */
export interface DrainPace {
  /** Between two uploads; each wait is spread over ± 1/12 of it. @defaultValue 1000 */
  readonly intervalMs?: number | undefined
}

/** Options of {@link drain}. */
export interface DrainOptions extends AbortOptions {
  readonly pace?: DrainPace | undefined
  /**
   * Resolve when the spool is empty, instead of waiting for more: from the start, or from when the signal aborts on,
   * which says that nothing more will be appended. @defaultValue false
   */
  readonly untilEmpty?: boolean | AbortSignal | undefined
  /** Give up after this many failures in a row. @defaultValue never */
  readonly maxFailures?: number | undefined
  /** Told after each acknowledgement. */
  readonly onAcknowledged?: ((batch: { readonly bytes: number; readonly duplicate: boolean }) => void) | undefined
  /** Told after each failure, repeated ones too. */
  readonly onFailed?: ((reason: string) => void) | undefined
  readonly clock?: Clock | undefined
  readonly random?: Random | undefined
  /** Not to be a logger whose events end up in this spool: a failing upload would feed itself. */
  readonly logger?: Logger | undefined
}

/** Part of the interval that waits are spread over, as the original uploader's. */
const JITTER = 1 / 12

/**
 * Uploads batch by batch, one in flight, for ever. A batch leaves the spool only when it was acknowledged: whatever
 * else happens (no network, any status, a broken answer) it is kept and sent again. A backlog goes without waiting.
 *
 * @throws ShipError `LF_SHIP_GAVE_UP` after `maxFailures`; the signal's reason
 */
export async function drain(spool: Spool, target: Uploads, options: DrainOptions = {}): Promise<void> {
  const { signal, clock = systemClock, random = Math.random } = options
  const ending = typeof options.untilEmpty === 'object' ? options.untilEmpty : undefined
  const isEnding = (): boolean => ending?.aborted ?? options.untilEmpty === true
  const intervalMs = options.pace?.intervalMs ?? 1000
  const backoff = new Backoff({ initialMs: Math.min(500, intervalMs), maxMs: intervalMs, jitter: 0.5, random })
  const report = new UploadReport(options)
  const rest = async (): Promise<void> => {
    if (isEnding()) return
    const either = ending && signal ? AbortSignal.any([ending, signal]) : (ending ?? signal)
    await clock.sleep(jittered(intervalMs, JITTER, random), { signal: either }).catch((error: unknown) => {
      if (!ending?.aborted) throw error
    })
  }
  for (;;) {
    signal?.throwIfAborted()
    const last = isEnding() // asked before: what is appended before the end must not be missed
    const batch = await spool.next()
    if (!batch) {
      if (last) return
      await rest()
      continue
    }
    const result = await target.send(batch, { signal })
    if (result.kind === 'failed') {
      report.failed(batch, result.reason)
      const waitMs = backoff.nextMs()
      await clock.sleep(result.retryAfterMs ?? waitMs, { signal })
      continue
    }
    await spool.acknowledge(batch.id)
    backoff.reset()
    report.acknowledged(batch, result.duplicate)
    if (!spool.backlog) await rest()
  }
}

/** The same failure is told once, and once more when it is over. */
class UploadReport {
  readonly #options: DrainOptions
  readonly #logger: Logger
  #reason: string | undefined
  #failures = 0

  constructor(options: DrainOptions) {
    this.#options = options
    this.#logger = options.logger ?? silentLogger
  }

  failed({ id }: SpooledBatch, reason: string): void {
    this.#failures++
    this.#options.onFailed?.(reason)
    if (reason !== this.#reason) this.#logger.warn({ event: 'upload.failed', batch: formatBatchId(id), reason })
    this.#reason = reason
    if (this.#failures >= (this.#options.maxFailures ?? Infinity))
      throw new ShipError('LF_SHIP_GAVE_UP', `upload failed ${this.#failures} times: ${reason}`, { detail: { reason } })
  }

  acknowledged({ id, bytes }: SpooledBatch, duplicate: boolean): void {
    if (this.#failures > 0)
      this.#logger.info({ event: 'upload.recovered', batch: formatBatchId(id), failures: this.#failures })
    this.#failures = 0
    this.#reason = undefined
    this.#options.onAcknowledged?.({ bytes: bytes.length, duplicate })
  }
}
