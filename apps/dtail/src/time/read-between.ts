import { systemClock, type Delivery } from '@logflow/core'
import { follow, read, type ReadOptions } from '@logflow/tailer'
import { BetweenTimes, betweenTimes } from './between-times.ts'
import { findSpan } from './find-span.ts'
import { LineTimes, localStamps } from './line-times.ts'
import type { TimeRange } from './time-range.ts'

/** What {@link readBetween} reads. */
export interface ReadBetween {
  /** A name with nothing special in it, for `read`. */
  readonly pattern: string
  readonly range: TimeRange
  readonly follow: boolean
  readonly options: ReadOptions
  /** Told when a file has to be read whole, and why. */
  readonly tell: (reason: string) => Promise<void>
}

/** The lines of one file that were written within the range. A plain file in order is read only where they are. */
export function readBetween({ pattern, range, follow: follows, options, tell }: ReadBetween): AsyncIterable<Delivery> {
  const stamps = localStamps(systemClock.now())
  const chooser = new BetweenTimes(range, new LineTimes(stamps))
  if (follows) return betweenTimes(follow(pattern, { ...options, streams: false, from: 'start' }), chooser)
  const span: ReadOptions['span'] = async file => {
    const found = await findSpan(file, range, stamps)
    if ('span' in found) return found.span
    await tell(found.reason)
    return undefined
  }
  return betweenTimes(tellCompressed(read(pattern, { ...options, span }), tell), chooser)
}

async function* tellCompressed(
  deliveries: AsyncIterable<Delivery>,
  tell: ReadBetween['tell'],
): AsyncGenerator<Delivery, void, undefined> {
  for await (const item of deliveries) {
    const format = item.kind === 'event' && item.event === 'opened' ? item.detail?.['format'] : undefined
    if (format !== undefined && format !== 'none') await tell('it is compressed')
    yield item
  }
}
