import type { AbortOptions } from './abort.ts'
import { CoreError } from './errors.ts'

/** What a full channel does with one more item: makes the sender wait, drops one, or refuses. There is no default. */
export type Overflow = 'wait' | 'drop-oldest' | 'drop-newest' | 'fail'

/** Options of {@link createChannel}. */
export interface ChannelOptions<T> {
  /** Items held at most, at least 1. */
  readonly capacity: number
  readonly overflow: Overflow
  /** Told about every dropped item, so that the loss can be counted and become a gap. */
  readonly onDrop?: (item: T) => void
}

/** A bounded queue between one or more senders and one reader. */
export interface Channel<T> extends AsyncIterable<T> {
  /** Resolves when the item is in (or dropped, by `overflow`). @throws CoreError `LF_CORE_CHANNEL_CLOSED`, `LF_CORE_CHANNEL_FULL` */
  send(item: T, options?: AbortOptions): Promise<void>
  /** No more items: the reader gets what is queued, then the end, or `error` when given. */
  close(error?: unknown): void
  /** Items waiting now. */
  readonly size: number
  /** Items dropped so far. */
  readonly dropped: number
}

/** Decouples a producer from a consumer with a bound, the only buffer between stages that logflow knows. */
export function createChannel<T>(options: ChannelOptions<T>): Channel<T> {
  return new BoundedChannel(options)
}

interface Waiter {
  readonly wake: () => void
}

class BoundedChannel<T> implements Channel<T> {
  readonly #options: ChannelOptions<T>
  #items: T[] = []
  #senders: Waiter[] = []
  #reader: Waiter | undefined
  #closed = false
  #failure: { readonly error: unknown } | undefined
  #dropped = 0

  constructor(options: ChannelOptions<T>) {
    if (!(options.capacity >= 1)) throw new RangeError(`capacity is ${options.capacity}, must be at least 1`)
    this.#options = options
  }

  get size(): number {
    return this.#items.length
  }
  get dropped(): number {
    return this.#dropped
  }

  async send(item: T, { signal }: AbortOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    if (this.#closed) throw closedError()
    if (this.#items.length >= this.#options.capacity) {
      if (!(await this.#makeRoom(item, signal))) return
    }
    this.#items.push(item)
    this.#wakeReader()
  }

  close(error?: unknown): void {
    if (this.#closed) return
    this.#closed = true
    if (error !== undefined) this.#failure = { error }
    this.#wakeReader()
    for (const sender of this.#senders.splice(0)) sender.wake()
  }

  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    try {
      for (;;) {
        while (this.#items.length > 0) {
          const item = this.#items.shift() as T
          this.#senders.shift()?.wake()
          yield item
        }
        if (this.#failure) throw this.#failure.error
        if (this.#closed) return
        await new Promise<void>(wake => (this.#reader = { wake }))
      }
    } finally {
      this.close()
    }
  }

  /** Whether `item` may go in now. */
  async #makeRoom(item: T, signal: AbortSignal | undefined): Promise<boolean> {
    switch (this.#options.overflow) {
      case 'wait':
        while (this.#items.length >= this.#options.capacity) await this.#waitForRoom(signal)
        return true
      case 'drop-newest':
        this.#drop(item)
        return false
      case 'drop-oldest':
        this.#drop(this.#items.shift() as T)
        return true
      case 'fail':
        throw new CoreError('LF_CORE_CHANNEL_FULL', `channel is full, ${this.#options.capacity} items wait`)
    }
  }

  async #waitForRoom(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => {
        this.#senders.splice(this.#senders.indexOf(waiter), 1)
        reject(signal?.reason as Error)
      }
      const waiter: Waiter = {
        wake: () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        },
      }
      this.#senders.push(waiter)
      signal?.addEventListener('abort', abort, { once: true })
    })
    if (this.#closed) throw closedError()
  }

  #drop(item: T): void {
    this.#dropped++
    this.#options.onDrop?.(item)
  }

  #wakeReader(): void {
    const reader = this.#reader
    this.#reader = undefined
    reader?.wake()
  }
}

function closedError(): CoreError {
  return new CoreError('LF_CORE_CHANNEL_CLOSED', 'channel is closed')
}
