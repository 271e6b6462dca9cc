import { Readable } from 'node:stream'
import type { Delivery } from '@logflow/core'

/**
 * The bytes of the lines as a Node stream, for code that wants one: `toNodeStream(tail('app.log')).pipe(response)`.
 * Gaps and events are not in it, so whoever must know of losses gives `onOther`. Destroying it ends the deliveries; it is
 * closed then, even if they never come out of a wait.
 */
export function toNodeStream(
  deliveries: AsyncIterable<Delivery>,
  onOther: (item: Exclude<Delivery, { readonly kind: 'lines' }>) => void = () => {},
): Readable {
  const items = deliveries[Symbol.asyncIterator]()
  return readableOf(items, {
    objectMode: false,
    chunksOf: item => (item.kind === 'lines' ? [item.bytes] : (onOther(item), [])),
    // A generator that waits ends only after its wait: nobody waits for that.
    end: () => void items.return?.()?.then(undefined, () => {}),
  })
}

/** What {@link readableOf} is made of. */
export interface ReadableOfInit {
  readonly objectMode: boolean
  /** What goes into the stream for one delivery. */
  readonly chunksOf: (item: Delivery) => Iterable<Uint8Array | string>
  /** Ends the deliveries, also while the next one is waited for; the stream is closed after it. */
  readonly end: () => Promise<unknown> | void
}

/** Deliveries as a Node stream, one asked for when the stream wants something. */
export function readableOf(items: AsyncIterator<Delivery>, { objectMode, chunksOf, end }: ReadableOfInit): Readable {
  const pull = async (stream: Readable): Promise<void> => {
    for (let pushed = false; !pushed && !stream.destroyed;) {
      const next = await items.next()
      if (next.done === true) return void stream.push(null)
      for (const chunk of chunksOf(next.value)) pushed = (stream.push(chunk), true)
    }
  }
  return new Readable({
    objectMode,
    read() {
      pull(this).catch((error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))))
    },
    destroy(error, closed) {
      Promise.resolve(end()).then(
        () => closed(error),
        () => closed(error),
      )
    },
  })
}
