import type { Delivery } from '@logflow/core'
import { collect } from '../../testkit/src/index.ts'
import { follow, type FollowOptions } from '../src/index.ts'

/** Deliveries as short words: `opened`, `lines a|b`, `gap 3-7 truncated`. Sources are named A, B, … as they appear. */
export function words(items: readonly Delivery[]): string[] {
  const names = new Map<string, string>()
  const named = (id: string): string => {
    if (!names.has(id)) names.set(id, String.fromCharCode(65 + names.size))
    return names.get(id) as string
  }
  return items.map(item => {
    const name = named(item.source.id)
    if (item.kind === 'gap') return `${name} gap ${item.from}-${item.to} ${item.reason}`
    if (item.kind === 'event') return `${name} ${item.event}`
    return `${name} @${item.offset} ${text(item).trimEnd().replaceAll('\n', '|')}`
  })
}

/** The bytes of a batch as text; nothing for other deliveries. */
export function text(item: Delivery): string {
  return item.kind === 'lines' ? Buffer.from(item.bytes).toString('latin1') : ''
}

/** Every line of the deliveries, without newlines, in order. */
export function linesOf(items: readonly Delivery[]): string[] {
  return items.map(text).join('').split('\n').slice(0, -1)
}

/** A follow that a test reads step by step; closed when the test is over. */
export interface Following {
  readonly items: Delivery[]
  /** Reads until the condition holds of everything so far. */
  until(done: (items: readonly Delivery[]) => boolean): Promise<void>
  /** Reads until `text` has been delivered. */
  untilText(text: string): Promise<void>
  stop(): Promise<void>
}

/** Follows quickly, so that nobody waits: looks every 20 ms besides what the system tells. */
export function following(paths: string | readonly string[], options: FollowOptions = {}): Following {
  const iterator = follow(paths, { host: 'h', pollMs: 20, lingerMs: 50, ...options })
  const items: Delivery[] = []
  const until = async (done: (found: readonly Delivery[]) => boolean): Promise<void> => {
    if (done(items)) return
    const rest = { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) }
    await collect(rest, { until: found => (items.push(found.at(-1) as Delivery), done(items)) })
  }
  return {
    items,
    until,
    untilText: wanted => until(found => found.some(item => text(item).includes(wanted))),
    stop: async () => void (await iterator.return?.()),
  }
}
