import { selectLines, unknownDelivery, type Delivery, type LineBatch } from '@logflow/core'
import type { LineTimes } from './line-times.ts'
import type { TimeRange } from './time-range.ts'

/** What becomes of a source none of whose lines says when it was written. */
const NEVER_SAID = 'no line says when it was written, so none can be chosen by time'

/** Chooses lines by when they were written. Gaps and events pass. */
export class BetweenTimes {
  readonly #range: TimeRange
  readonly #times: LineTimes

  constructor(range: TimeRange, times: LineTimes) {
    this.#range = range
    this.#times = times
  }

  /** What is left of an item, and what is to be said of it. */
  choose(item: Delivery): readonly Delivery[] {
    switch (item.kind) {
      case 'lines':
        return this.#lines(item)
      case 'gap':
        return [item]
      case 'event':
        if (item.event !== 'ended' || this.#times.knows(item.source) || item.detail?.['offset'] === 0) return [item]
        return [{ ...item, event: 'failed', detail: { message: NEVER_SAID } }, item]
      default:
        return unknownDelivery(item)
    }
  }

  #lines(batch: LineBatch): readonly LineBatch[] {
    const { sinceMs, untilMs } = this.#range
    const chosen: number[] = []
    for (const [index, time] of this.#times.of(batch).entries()) {
      if (time >= sinceMs && time < untilMs) chosen.push(index)
    }
    return chosen.length === 0 ? [] : [selectLines(batch, chosen)]
  }
}

/** {@link BetweenTimes} as a stage. */
export async function* betweenTimes(
  deliveries: AsyncIterable<Delivery>,
  chooser: BetweenTimes,
): AsyncGenerator<Delivery, void, undefined> {
  for await (const item of deliveries) yield* chooser.choose(item)
}
