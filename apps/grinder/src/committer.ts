import type { Clock, Logger } from '@logflow/core'
import type { Grind } from './grind.ts'
import { COMMIT_INTERVAL_MS, COMMIT_PAUSE_FACTOR, MAX_PENDING_BYTES } from './limits.ts'
import type { StateFolder } from './state/state-folder.ts'

/** Options of {@link Committer}. */
export interface CommitterOptions {
  readonly grind: Grind
  readonly state: StateFolder
  readonly clock: Clock
  readonly logger: Logger
}

/** Makes durable what was ground: now and then, when much is waiting, and at the end. */
export class Committer {
  readonly #options: CommitterOptions
  #tail: Promise<unknown> = Promise.resolve() // commits run one after another
  #committedItems = 0
  #lastCommitMs = 0
  #commits = 0
  #failed: Uint8Array = new Uint8Array(0)
  #problem: string | undefined

  constructor(options: CommitterOptions) {
    this.#options = options
  }

  get commits(): number {
    return this.#commits
  }
  /** How long the last commit took. */
  get lastCommitMs(): number {
    return this.#lastCommitMs
  }
  /** Why nothing can be committed at the moment. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Whether so much waits that no more should be ground before a commit. */
  get full(): boolean {
    return this.#options.grind.pendingBytes + this.#failed.length >= MAX_PENDING_BYTES
  }

  /** Commits now, unless nothing was ground since. @throws GrinderError `LF_GRINDER_WRITE`; nothing is lost by it */
  commit(): Promise<void> {
    const commit = this.#tail.then(() => this.#commitOnce())
    this.#tail = commit.catch(() => {})
    return commit
  }

  /** Commits now and then until `signal` aborts. A disk that is full is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    while (!signal.aborted) {
      const pauseMs = Math.max(COMMIT_INTERVAL_MS, this.#lastCommitMs * COMMIT_PAUSE_FACTOR)
      await clock.sleep(pauseMs, { signal }).catch(() => {})
      if (!signal.aborted) await this.commitOrReport()
    }
  }

  /** Commits; a failure is logged once and shows in {@link problem} until a commit succeeds. */
  async commitOrReport(): Promise<void> {
    try {
      await this.commit()
    } catch (err) {
      const { message, cause } = err as Error
      const problem = `${message}: ${(cause as Error | undefined)?.message ?? 'unknown'}`
      if (problem !== this.#problem) this.#options.logger.error({ event: 'commit.failed', err })
      this.#problem = problem
    }
  }

  async #commitOnce(): Promise<void> {
    const { grind, state, clock } = this.#options
    const items = grind.items
    if (items === this.#committedItems) return
    const startMs = clock.monotonicMs()
    const events = Buffer.concat([this.#failed, grind.takeEvents()])
    this.#failed = events
    await state.commit(events, grind.state())
    this.#failed = new Uint8Array(0)
    this.#problem = undefined
    this.#committedItems = items
    this.#commits++
    this.#lastCommitMs = clock.monotonicMs() - startMs
  }
}
