import {
  silentLogger,
  systemClock,
  unknownDelivery,
  type Clock,
  type Delivery,
  type Gap,
  type Logger,
  type SourceEvent,
} from '@logflow/core'
import { Aggregator, type AggregatorOptions } from './aggregator.ts'
import { MAX_PARTIAL_GROUPS } from './limits.ts'
import { PacedInput } from './paced-input.ts'
import type { PartialGroup } from './partial-group.ts'
import type { Plan } from './plan.ts'

/** Partial groups on their way, between the gaps and events of the sources they came from. */
export interface GroupsDelivery {
  readonly kind: 'groups'
  readonly groups: readonly PartialGroup[]
}

/** Options of {@link aggregate}. */
export interface AggregateOptions extends AggregatorOptions {
  /** Milliseconds between two deliveries of groups. @defaultValue the query's interval */
  readonly intervalMs?: number | undefined
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined
  /** Groups held at most; more are handed over before their time. @defaultValue 100000 */
  readonly maxGroups?: number | undefined
  /** Told at the end what could not be read. @defaultValue silent */
  readonly logger?: Logger | undefined
}

/**
 * Answers a plan: takes lines, yields what they sum up to every interval and at the end. Gaps and events of sources
 * pass through in order. Nothing is read ahead of the consumer but the one item in flight. Stopping early returns the
 * input; to stop an input that has nothing to say, abort it.
 */
export async function* aggregate(
  deliveries: AsyncIterable<Delivery>,
  plan: Plan,
  options: AggregateOptions,
): AsyncGenerator<Gap | SourceEvent | GroupsDelivery, void, undefined> {
  const { maxGroups = MAX_PARTIAL_GROUPS, logger = silentLogger, clock = systemClock } = options
  const aggregator = new Aggregator(plan, options)
  const input = new PacedInput(deliveries, options.intervalMs ?? plan.query.intervalMs, clock)
  try {
    for (;;) {
      const { item, intervalOver } = await input.step()
      if (intervalOver || aggregator.groups >= maxGroups) yield* taken(aggregator)
      if (item === undefined) continue
      if (item.done === true) break
      const delivery = item.value
      if (delivery.kind === 'lines') aggregator.add(delivery)
      else if (delivery.kind === 'gap' || delivery.kind === 'event') yield delivery
      else unknownDelivery(delivery)
    }
    yield* taken(aggregator)
  } finally {
    await input.close()
    logUnread(aggregator, logger)
  }
}

function* taken(aggregator: Aggregator): Generator<GroupsDelivery, void, undefined> {
  const groups = aggregator.take()
  if (groups.length > 0) yield { kind: 'groups', groups }
}

function logUnread(aggregator: Aggregator, logger: Logger): void {
  const { lines, malformed, badNumbers } = aggregator.stats()
  if (malformed > 0 || badNumbers > 0)
    logger.warn({ event: 'query.unread', lines, malformed, badNumbers }, 'some lines or values could not be read')
}
