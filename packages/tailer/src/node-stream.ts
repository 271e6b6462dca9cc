import { Readable } from 'node:stream'
import type { Delivery } from '@logflow/core'

/**
 * The bytes of the lines as a Node stream, for code that wants one: `toNodeStream(tail('app.log')).pipe(response)`.
 * Gaps and events are not in it, so whoever must know of losses gives `onOther`. Destroying it ends the deliveries.
 */
export function toNodeStream(
  deliveries: AsyncIterable<Delivery>,
  onOther: (item: Exclude<Delivery, { readonly kind: 'lines' }>) => void = () => {},
): Readable {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const item of deliveries) {
      if (item.kind === 'lines') yield item.bytes
      else onOther(item)
    }
  }
  return Readable.from(chunks(), { objectMode: false })
}
