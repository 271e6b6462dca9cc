import type { Clock, Delivery, LineBatch } from '@logflow/core'
import type { LineTimes } from './line-times.ts'

/** Options of {@link TimeMerge}. */
export interface TimeMergeOptions {
  /** Streams that are merged; each calls its lane's `close` when it ends. */
  readonly lanes: number
  /** Makes what tells the times of one lane: two lanes may bring the same file. */
  readonly times: () => LineTimes
  /**
   * How long a line waits for lines of other lanes that may be older; then it goes on, so that a quiet file does not
   * hold up the others. @defaultValue as long as it takes
   */
  readonly maxWaitMs?: number | undefined
  readonly clock: Clock
  readonly emit: (item: Delivery, lane: number) => Promise<void>
}

/** One of the streams that are merged. */
export interface MergeLane {
  /** Resolves when everything of the item is passed on, which is the backpressure: a lane holds one batch at most. */
  push(item: Delivery): Promise<void>
  /** No more will come. */
  close(): void
}

interface Head {
  readonly batch: LineBatch
  readonly times: Float64Array
  readonly arrivedAtMs: number
  at: number
  readonly done: () => void
}

class Lane implements MergeLane {
  readonly index: number
  readonly #merge: TimeMerge
  readonly times: LineTimes
  head: Head | undefined
  open = true

  constructor(merge: TimeMerge, index: number, times: LineTimes) {
    this.#merge = merge
    this.times = times
    this.index = index
  }

  push(item: Delivery): Promise<void> {
    return this.#merge.take(this, item)
  }

  close(): void {
    this.open = false
    this.#merge.wake()
  }
}

/**
 * Merges streams by the time of their lines. Lines of one lane stay in their order, and those of other lanes come
 * between them where they are older. Memory is bounded by one batch per lane.
 */
export class TimeMerge {
  readonly lanes: readonly MergeLane[]
  readonly #lanes: readonly Lane[]
  readonly #options: TimeMergeOptions
  #pumping = false
  /** Something changed while the last look was taken. */
  #again = false
  #failure: { readonly reason: unknown } | undefined
  #timer: AbortController | undefined

  constructor(options: TimeMergeOptions) {
    this.#options = options
    this.#lanes = Array.from({ length: options.lanes }, (_, index) => new Lane(this, index, options.times()))
    this.lanes = this.#lanes
  }

  /** For lanes. @throws what `emit` threw */
  async take(lane: Lane, item: Delivery): Promise<void> {
    if (item.kind !== 'lines') return this.#options.emit(item, lane.index)
    if (item.ends.length === 0) return
    const { clock } = this.#options
    await new Promise<void>(done => {
      lane.head = { batch: item, times: lane.times.of(item), arrivedAtMs: clock.monotonicMs(), at: 0, done }
      this.wake()
    })
    if (this.#failure) throw this.#failure.reason
  }

  /** Something changed: passes on what can be. */
  wake(): void {
    this.#again = this.#pumping
    if (this.#pumping) return
    this.#pumping = true
    this.#timer?.abort(new Error('something came'))
    void this.#pump()
      .catch((reason: unknown) => {
        this.#failure = { reason }
        for (const lane of this.#lanes) this.#finish(lane)
      })
      .finally(() => {
        this.#pumping = false
        if (this.#again) this.wake()
      })
  }

  async #pump(): Promise<void> {
    for (;;) {
      const next = this.#oldest()
      if (!next?.lane.head) return
      const waitMs = this.#waitMs(next.lane.head)
      if (waitMs > 0) return this.#wakeAfter(waitMs)
      await this.#emitRun(next.lane, next.lane.head, next.boundMs)
    }
  }

  /** The lane whose line is next, and the time of the next line of all others. */
  #oldest(): { readonly lane: Lane; readonly boundMs: number } | undefined {
    let oldest: Lane | undefined
    let [least, boundMs] = [Infinity, Infinity]
    for (const lane of this.#lanes) {
      if (!lane.head) continue
      const time = lane.head.times[lane.head.at] as number
      if (!oldest || time < least) [oldest, boundMs, least] = [lane, oldest ? least : Infinity, time]
      else if (time < boundMs) boundMs = time
    }
    return oldest && { lane: oldest, boundMs }
  }

  /** How long a line has to wait still for lanes that may have an older one. */
  #waitMs(head: Head): number {
    if (this.#failure || this.#lanes.every(lane => !lane.open || lane.head)) return 0
    const { maxWaitMs = Infinity, clock } = this.#options
    return head.arrivedAtMs + maxWaitMs - clock.monotonicMs()
  }

  #wakeAfter(waitMs: number): void {
    if (waitMs === Infinity) return
    const timer = (this.#timer = new AbortController())
    this.#options.clock.sleep(waitMs, { signal: timer.signal }).then(
      () => this.wake(),
      () => {}, // something came meanwhile
    )
  }

  async #emitRun(lane: Lane, head: Head, boundMs: number): Promise<void> {
    const { batch, times, at } = head
    let to = at + 1
    while (to < times.length && (times[to] as number) <= boundMs) to++
    await this.#options.emit(linesBetween(batch, at, to), lane.index)
    head.at = to
    if (to === times.length) this.#finish(lane)
  }

  #finish(lane: Lane): void {
    const { head } = lane
    lane.head = undefined
    head?.done()
  }
}

/** Lines `from` to `to` (exclusive) as a batch that shares the memory of the whole. */
function linesBetween(batch: LineBatch, from: number, to: number): LineBatch {
  const { ends, offsets, lineNumbers, pieces, firstLine, offset } = batch
  if (from === 0 && to === ends.length) return batch
  const start = from === 0 ? 0 : (ends[from - 1] as number)
  return {
    ...batch,
    bytes: batch.bytes.subarray(start, ends[to - 1]),
    ends: ends.slice(from, to).map(end => end - start),
    offset: offsets ? (offsets[from] as number) : offset + start,
    firstLine: lineNumbers ? (lineNumbers[from] as number) : firstLine === 0 ? 0 : firstLine + from,
    ...(offsets && { offsets: offsets.subarray(from, to) }),
    ...(lineNumbers && { lineNumbers: lineNumbers.subarray(from, to) }),
    ...(pieces && { pieces: pieces.subarray(from, to) }),
  }
}
