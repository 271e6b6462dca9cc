import { createProgress, type Output } from '@logflow/cli'
import type { Clock, Delivery } from '@logflow/core'

const LOOK_MS = 250

/** Something that is read from its start to its end; looked at now and then. */
export interface WatchedReading {
  /** Bytes that were read. */
  readonly position: number
  /** All bytes there are; 0 when that is not known. */
  readonly size: number
}

/** What {@link ReadProgress} needs. */
export interface ReadProgressOptions {
  readonly label: string
  /** The terminal of a person, away from the data. */
  readonly stderr: Output
  readonly clock: Clock
}

/** Says on the terminal how far the reading of long files is: bytes, share, rate, and what time is left. */
export class ReadProgress {
  readonly #readings: (() => readonly WatchedReading[])[] = []
  readonly #progress: ReturnType<typeof createProgress>
  readonly #timer: NodeJS.Timeout

  constructor({ label, stderr, clock }: ReadProgressOptions) {
    this.#progress = createProgress(stderr, { label, now: () => clock.monotonicMs() })
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  /** One more reading, or as many as the call says at each look. */
  watch(readings: () => readonly WatchedReading[]): void {
    this.#readings.push(readings)
  }

  /** Data is about to be shown where the line is. */
  wipe(): void {
    this.#progress.done()
  }

  /** Nothing more is read. */
  close(): void {
    clearInterval(this.#timer)
    this.wipe()
  }

  #look(): void {
    let [done, total, known] = [0, 0, true]
    for (const { position, size } of this.#readings.flatMap(readings => readings())) {
      done += position
      total += size
      if (size < position) known = false
    }
    if (done > 0) this.#progress.update(done, known ? total : undefined)
  }
}

/** The same deliveries, watched as they pass. What is compressed does not tell how much there is. */
export async function* watchDeliveries(
  deliveries: AsyncIterable<Delivery>,
  watched: (reading: WatchedReading) => void,
): AsyncGenerator<Delivery, void, undefined> {
  const reading = { position: 0, size: 0 }
  for await (const item of deliveries) {
    if (item.kind === 'lines') reading.position = item.offset + item.bytes.length
    else if (item.kind === 'event' && item.event === 'opened') {
      const { size, format } = item.detail ?? {}
      reading.size = typeof size === 'number' && format === 'none' ? size : 0
      watched(reading)
    }
    yield item
  }
}
