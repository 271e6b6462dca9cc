import type { AbortOptions, Clock } from '@logflow/core'
import type { TimedSession } from './timed-writes.ts'

/** How often is looked whether the client still takes what it asked for. */
const CHECK_MS = 5000

/** After this time without progress the places of a session go to others. */
const PLACES_MS = 10_000

/** What {@link watchStalls} does about a client that takes nothing. */
export interface StallWatch extends Required<AbortOptions> {
  readonly clock: Clock
  /** Each gives back a place that the session reads at; more than once does nothing. */
  readonly places: ReadonlySet<() => void>
  /** How long it may last. */
  readonly timeoutMs: number
  readonly giveUp: () => void
}

/**
 * Until the signal: a client that takes nothing keeps no place that another could read at, and in the end not its
 * connection. Rejects with the signal's reason.
 */
export async function watchStalls({ stalledMs }: TimedSession, watch: StallWatch): Promise<never> {
  for (;;) {
    await watch.clock.sleep(CHECK_MS, { signal: watch.signal })
    const ms = stalledMs()
    if (ms >= PLACES_MS) for (const giveBack of watch.places) giveBack()
    if (ms >= watch.timeoutMs) watch.giveUp()
  }
}
