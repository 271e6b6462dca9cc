import type { Delivery } from '@logflow/core'
import { errorDetail, failedEvent } from '../events.ts'

import { followJournal } from '../journal/follow-journal.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import { namesFifo, openFifo } from './fifo.ts'
import { FollowedStream } from './followed-stream.ts'

/** A fifo under its name, or after it. */
interface NamedFifo {
  readonly path: string
  readonly inodeKey: string
  readonly stream: FollowedStream
  /** When something came last, once its name was found to be another's. */
  quietSinceMs: number | undefined
}

/** What of a follow is no file: fifos, and the journal. */
export class FollowedStreams {
  readonly #options: ResolvedFollowOptions
  readonly #wake: () => void
  readonly #names: readonly string[]
  readonly #journals: FollowedStream[] = []
  readonly #fifos = new Set<NamedFifo>()
  #notices: Delivery[] = []

  /** `journals` are names as `journal:<unit>`. */
  constructor(journals: readonly string[], options: ResolvedFollowOptions, wake: () => void) {
    this.#names = journals
    this.#options = options
    this.#wake = wake
  }

  /** Takes up the journals. */
  begin(): void {
    for (const name of this.#names) {
      const stopped = new AbortController()
      const deliveries = followJournal(name, this.#options, stopped.signal)
      this.#journals.push(new FollowedStream(deliveries, stopped, this.#wake))
    }
  }

  /** Whether a path is that of a fifo that is followed. */
  has(path: string): boolean {
    return [...this.#fifos].some(fifo => fifo.path === path && fifo.quietSinceMs === undefined)
  }

  /** Takes up the fifo that the path names; false when there is none, or it may not be read. */
  async takeUpFifo(path: string): Promise<boolean> {
    if (!this.#options.streams || !(await namesFifo(path))) return false
    const stopped = new AbortController()
    try {
      const { inodeKey, deliveries } = await openFifo(path, this.#options, stopped.signal)
      const stream = new FollowedStream(deliveries, stopped, this.#wake)
      this.#fifos.add({ path, inodeKey, stream, quietSinceMs: undefined })
      return true
    } catch {
      return false // whoever awaits a file there says why
    }
  }

  /** Whether something can be handed out now. */
  get ready(): boolean {
    return this.#notices.length > 0 || this.#all().some(stream => stream.ready)
  }

  /** Whether something of what was there when following began is still to come. */
  get pending(): boolean {
    return this.#all().some(stream => !stream.over)
  }

  /** What came, at most one delivery of each. */
  *step(): Generator<Delivery, void, undefined> {
    yield* this.#notices.splice(0)
    for (const fifo of this.#fifos) {
      const item = fifo.stream.take()
      if (item && fifo.quietSinceMs !== undefined) fifo.quietSinceMs = this.#options.clock.monotonicMs()
      if (item) yield item
    }
    for (const journal of this.#journals) {
      const item = journal.take()
      if (item) yield item
    }
  }

  /** Every `pollMs`: leaves the fifos that nobody can open any more, once their writers have left or say nothing. */
  async look(): Promise<void> {
    for (const fifo of this.#fifos) {
      const { path, inodeKey, stream } = fifo
      if (stream.error !== undefined) this.#tellBroken(path, stream.error)
      const nowMs = this.#options.clock.monotonicMs()
      if (await namesFifo(path, inodeKey)) fifo.quietSinceMs = undefined
      else fifo.quietSinceMs ??= nowMs
      const left = fifo.quietSinceMs !== undefined && nowMs - fifo.quietSinceMs >= this.#options.lingerMs
      if (stream.ready || (!left && !stream.over)) continue
      this.#fifos.delete(fifo)
      await stream.close()
    }
  }

  async close(): Promise<void> {
    for (const stream of this.#all()) await stream.close()
  }

  #all(): FollowedStream[] {
    return [...this.#journals, ...[...this.#fifos].map(({ stream }) => stream)]
  }

  #tellBroken(path: string, error: unknown): void {
    this.#notices.push(failedEvent({ host: this.#options.host, path, id: 'none' }, errorDetail(error)))
    this.#wake()
  }
}
