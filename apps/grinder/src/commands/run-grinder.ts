import type { OptionValues } from '@logflow/cli'
import { systemClock, type Logger } from '@logflow/core'
import { openStoreReader, type StoredItem, type StoreReader } from '@logflow/store'
import type { ApiParts } from '../api/api-parts.ts'
import { checkStore } from '../check-store.ts'
import { Committer } from '../committer.ts'
import type { flags } from '../flags.ts'
import { Grind } from '../grind.ts'
import { LiveFeed } from '../live-feed.ts'
import { loadRules } from '../rules/load-rules.ts'
import { RuleRunner } from '../rules/rule-runner.ts'
import { StateFolder } from '../state/state-folder.ts'

/** Options of {@link runGrinder}. */
export type GrinderOptions = OptionValues<typeof flags> & { readonly store: string; readonly state: string }

/** Grinds until `signal` aborts, or to the end with `once`. Returns the exit code. */
export async function runGrinder(
  options: GrinderOptions,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<number> {
  const clock = systemClock
  const rules = new RuleRunner(await loadRules(options.rules))
  const reader = openStoreReader(options.store)
  if (options.once) checkStore(options.store)
  await using state = await StateFolder.open(options.state, { rulesId: rules.id, logger })
  const live = new LiveFeed({ clock, itemsPerSecond: options.liveRate })
  const grind = new Grind({ rules, saved: state.saved, live })
  const committer = new Committer({ grind, state, clock, logger })
  const parts = { grind, rules, events: state.events, committer, live }
  await using _server = options.once ? undefined : await serve(options, { ...parts, logger })

  const keptBefore = grind.counters.keptEvents
  const finished = new AbortController()
  const committing = committer.run(AbortSignal.any([signal, finished.signal]))
  try {
    await grindAll(itemsToEnd(reader, grind, signal), { grind, committer, signal })
    if (!options.once) {
      const items = reader.scan({ from: grind.positions(), follow: true, signal })
      await grindAll(items, { grind, committer, signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    finished.abort()
    await committing
  }
  await committer.commit()
  logger.info({ event: 'grinder.finished', ...grind.counters })
  return options.once && grind.counters.keptEvents === keptBefore ? 1 : 0
}

async function serve(
  { port, bindAddress: host }: GrinderOptions,
  parts: ApiParts & { readonly logger: Logger },
): Promise<AsyncDisposable> {
  const { startApiServer } = await import('../api/api-server.ts')
  return startApiServer({ port, host, ...parts })
}

/**
 * What is in the store now, stream after stream: this order does not depend on when what was written, so that grinding
 * the same store gives the same event log, however often it was killed.
 */
async function* itemsToEnd(reader: StoreReader, grind: Grind, signal: AbortSignal): AsyncGenerator<StoredItem> {
  for (const stream of await reader.streams())
    yield* reader.scan({ from: grind.positions(), streams: [stream], signal })
}

async function grindAll(
  items: AsyncIterable<StoredItem>,
  { grind, committer, signal }: { grind: Grind; committer: Committer; signal: AbortSignal },
): Promise<void> {
  for await (const item of items) {
    grind.add(item)
    while (committer.full && !signal.aborted) {
      await committer.commitOrReport()
      if (committer.full) await systemClock.sleep(1000, { signal }).catch(() => {})
    }
  }
}
