import type { StripeAnswer, StripeJob, StripeSetup, StripeThread } from './stripe-messages.ts'

/** Jobs that a thread has at a time: the next one is there when the last one is done. */
const JOBS_PER_THREAD = 2

/** Options of {@link searchStripes}. */
export interface StripeSearchOptions {
  /** As {@link compilePattern} takes it. */
  readonly pattern: string
  /** Take the pattern as text to find. @defaultValue false */
  readonly literal?: boolean | undefined
  /** Threads that run {@link serveStripes}; they belong to the caller, who ends them. */
  readonly threads: readonly StripeThread[]
  /** Of the file, open for reading in this process. */
  readonly descriptor: number
  /** Bytes of the file to search. */
  readonly size: number
  /** A longer line ends the search, at least 1. */
  readonly maxLineBytes: number
  /** @defaultValue false */
  readonly invert?: boolean | undefined
  /** @defaultValue false */
  readonly withNewline?: boolean | undefined
  /** Bytes that a thread searches at a time; memory is four times that for each thread. @defaultValue 4 MiB */
  readonly stripeBytes?: number | undefined
}

/**
 * The chosen lines of a large file, in order, searched in stripes by several threads at the same time. What comes is good
 * until the next piece is asked for; memory is bounded, however slowly the pieces are taken.
 *
 * Returns the offset behind the last line that was searched. That is less than `size` where a line is too long or open,
 * or the file cannot be read on: go on from there in another way.
 *
 * @throws RangeError when a number is out of range, or there is no thread
 * @throws MatchError as {@link compilePattern}, out of a thread
 */
export async function* searchStripes(options: StripeSearchOptions): AsyncGenerator<Uint8Array, number, undefined> {
  const pool = new StripePool(options)
  let through = 0
  for (;;) {
    const answer = await pool.next()
    if (!answer) return through
    // No line begins in the stripe: the one before goes through it.
    if (answer.start !== -1) {
      // Somebody has written over the file meanwhile.
      if (answer.start !== through) return through
      through = answer.through
      if (answer.length > 0) yield new Uint8Array(answer.memory, 0, answer.length)
    }
    if (answer.stopped) return through
    pool.giveBack(answer.memory)
  }
}

/** Hands stripes out, and puts the answers in order. */
class StripePool {
  readonly #threads: readonly StripeThread[]
  readonly #size: number
  readonly #stripeBytes: number
  readonly #answers = new Map<number, StripeAnswer>()
  readonly #memory: ArrayBuffer[] = []
  readonly #idle: StripeThread[] = []
  #given = 0
  #taken = 0
  #failure: { readonly reason: unknown } | undefined
  #wake = (): void => {}

  constructor(options: StripeSearchOptions) {
    const { pattern, literal = false, invert = false, withNewline = false } = options
    const { threads, descriptor, size, maxLineBytes, stripeBytes = 4 * 1024 * 1024 } = options
    for (const [name, value] of Object.entries({ threads: threads.length, stripeBytes, maxLineBytes })) {
      if (!(value >= 1)) throw new RangeError(`${name} is ${value}, must be at least 1`)
    }
    this.#threads = threads
    this.#size = size
    this.#stripeBytes = stripeBytes
    const setup: StripeSetup = { kind: 'setup', pattern, literal, invert, withNewline, descriptor, maxLineBytes }
    for (const thread of threads) {
      thread.on('message', message => this.#take(thread, message as StripeAnswer))
      thread.on('error', reason => this.#fail(reason))
      thread.postMessage(setup, [])
    }
    for (let i = 0; i < JOBS_PER_THREAD; i++) for (const thread of threads) this.#giveJob(thread)
  }

  /** The next answer in order; `undefined` behind the last one. @throws what a thread ended with */
  async next(): Promise<StripeAnswer | undefined> {
    for (;;) {
      if (this.#failure) throw this.#failure.reason
      const answer = this.#answers.get(this.#taken)
      if (answer) {
        this.#answers.delete(this.#taken++)
        return answer
      }
      if (this.#taken * this.#stripeBytes >= this.#size) return undefined
      await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }

  /** What was in the memory is not needed any more. */
  giveBack(memory: ArrayBuffer): void {
    this.#memory.push(memory)
    const idle = this.#idle.shift()
    if (idle) this.#giveJob(idle)
  }

  #take(thread: StripeThread, answer: StripeAnswer): void {
    this.#answers.set(answer.index, answer)
    this.#giveJob(thread)
    this.#wake()
  }

  #fail(reason: unknown): void {
    this.#failure ??= { reason }
    this.#wake()
  }

  /** The next stripe to the thread; or the thread waits until enough is taken. */
  #giveJob(thread: StripeThread): void {
    const index = this.#given
    const from = index * this.#stripeBytes
    if (from >= this.#size) return
    if (index - this.#taken >= 2 * JOBS_PER_THREAD * this.#threads.length) return void this.#idle.push(thread)
    this.#given++
    const memory = this.#memory.pop()
    const job: StripeJob = { kind: 'stripe', index, from, to: Math.min(from + this.#stripeBytes, this.#size), memory }
    thread.postMessage(job, memory ? [memory] : [])
  }
}
