import { LogflowError, type Delivery, type JsonObject } from '@logflow/core'
import { errorDetail, failedEvent } from '../events.ts'
import { hasMagic } from '../names/glob-pattern.ts'
import { isPackedName } from '../names/packed-name.ts'
import type { ResolvedFollowOptions } from '../options.ts'

/** What is to be told of a follow as a whole, besides its files. */
export class FollowNotices {
  readonly #options: ResolvedFollowOptions
  /** All patterns, as the path of what concerns them all. */
  readonly #all: string
  #waiting: Delivery[] = []
  #overLimit = false
  #unlisted = false

  constructor(patterns: readonly string[], options: ResolvedFollowOptions) {
    this.#options = options
    this.#all = patterns.join(' ')
  }

  get any(): boolean {
    return this.#waiting.length > 0
  }

  /** What was not told yet. */
  take(): readonly Delivery[] {
    return this.#waiting.splice(0)
  }

  missing(path: string): void {
    const isPacked = hasMagic(path) && isPackedName(path)
    const message = isPacked ? `${path}: compressed files are not followed` : `${path} does not exist yet`
    this.#tell(path, { code: 'LF_TAILER_OPEN', message, system: 'ENOENT' })
  }

  /** A folder could not be listed, for want of descriptors for one: what is followed goes on, and the next look asks again. */
  unlisted(error: unknown): void {
    if (!LogflowError.is(error)) throw error
    if (this.#unlisted) return
    this.#unlisted = true
    this.#options.logger.warn({ event: 'discovery.failed', err: error })
    this.#tell(this.#all, errorDetail(error))
  }

  /** Every folder was listed: a failure is told again when it comes back. */
  listed(): void {
    this.#unlisted = false
  }

  /** Where following begins could not be written down: after a crash it would begin at a later end. */
  unwritten(error: unknown): void {
    this.#options.logger.warn({ event: 'checkpoint.failed', err: error })
    this.#tell(this.#all, errorDetail(error))
  }

  /** More files match than may be followed. Once. */
  limited(path: string): void {
    if (this.#overLimit) return
    this.#overLimit = true
    const limit = this.#options.maxGlobTargets
    this.#options.logger.warn({ event: 'follow.limited', path, limit })
    this.#tell(path, { code: 'LF_TAILER_GLOB', message: `more than ${limit} files match`, limit })
  }

  #tell(path: string, detail: JsonObject): void {
    this.#waiting.push(failedEvent({ host: this.#options.host, path, id: 'none' }, detail))
  }
}
