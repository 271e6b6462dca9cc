import { LogflowError, type AbortOptions, type Clock, type Delivery, type Logger } from '@logflow/core'
import type { Spool } from '@logflow/ship'
import type { ShippedSource } from './shipped-sources.ts'

/** How long to wait before a delivery that the spool could not take is offered again. */
const RETRY_MS = 1000

/** What was put into the spool since the start. */
export interface Collected {
  lines: number
  bytes: number
  gaps: number
  /** Sources that could not be read, with the reason. */
  readonly failed: string[]
}

/** Puts a source into the spool, one delivery after the other; only then the source forgets it. */
export async function collect(
  source: ShippedSource,
  spool: Spool,
  { collected, clock, logger, signal }: AbortOptions & { collected: Collected; clock: Clock; logger: Logger },
): Promise<void> {
  for await (const item of source.deliveries) {
    await appendAtLast(() => spool.append(source.rewrite(item), { mark: source.mark(item) }), { clock, logger, signal })
    await source.spooled(item)
    count(item, collected)
  }
}

/** A full or failing disk holds the source back: what is not spooled stays where it is. */
async function appendAtLast(
  append: () => Promise<void>,
  { clock, logger, signal }: AbortOptions & { clock: Clock; logger: Logger },
): Promise<void> {
  for (let told = false; ; told = true) {
    try {
      await append()
      return
    } catch (error) {
      if (!LogflowError.is(error) || !error.retryable) throw error
      if (!told) logger.warn({ event: 'spool.refused', code: error.code, err: error })
      await clock.sleep(RETRY_MS, { signal })
    }
  }
}

function count(item: Delivery, collected: Collected): void {
  if (item.kind === 'lines') {
    collected.lines += item.ends.length
    collected.bytes += item.bytes.length
  } else if (item.kind === 'gap') {
    collected.gaps++
  } else if (item.event === 'failed') {
    const message = item.detail?.['message']
    collected.failed.push(`${item.source.path}: ${typeof message === 'string' ? message : 'cannot be read'}`)
  }
}
