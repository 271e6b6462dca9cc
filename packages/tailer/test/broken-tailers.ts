import type { Delivery } from '@logflow/core'
import type { OpenReader } from '../../testkit/src/index.ts'
import { followModel } from './followed-model.ts'

type Change = (deliveries: AsyncIterable<Delivery>) => AsyncIterable<Delivery>

function broken(change: Change): OpenReader {
  return async init => {
    const reader = await followModel(init)
    return { ...reader, deliveries: change(reader.deliveries) }
  }
}

/** Tailers with one defect each, as their consumer sees it. */
export const brokenTailers: Readonly<Record<string, OpenReader>> = {
  'loses the tail of the renamed file': broken(async function* (deliveries) {
    let held: Delivery | undefined
    for await (const item of deliveries) {
      const lost = item.kind === 'event' && item.event === 'rotated' && held?.kind === 'lines'
      if (held && !lost) yield held
      held = item.kind === 'lines' ? item : undefined
      if (!held) yield item
    }
  }),
  'repeats after a truncation': broken(async function* (deliveries) {
    let last: Delivery | undefined
    for await (const item of deliveries) {
      yield item
      if (item.kind === 'lines') last = item
      if (item.kind === 'event' && item.event === 'truncated' && last)
        yield { ...last, source: { ...last.source, id: 'f1' } }
    }
  }),
  'hides a gap': broken(async function* (deliveries) {
    for await (const item of deliveries) if (item.kind !== 'gap') yield item
  }),
  'tells a gap where nothing is lost': broken(async function* (deliveries) {
    for await (const item of deliveries) {
      yield item
      if (item.kind !== 'lines') continue
      const { source, offset, bytes } = item
      yield { kind: 'gap', source, from: offset + bytes.length, to: offset + bytes.length + 1, reason: 'overflow' }
    }
  }),
}
