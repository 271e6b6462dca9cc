import { claimKeyOf } from '../identity/identity.ts'
import type { ResolvedFollowOptions } from '../options.ts'
import type { Target } from '../names/pattern-target.ts'
import type { FollowedFileInit } from '../resting/resting-file.ts'
import { lookAt } from './rotation.ts'

/** Which file it was, and how long. */
interface End {
  readonly key: string
  readonly size: number
}

/**
 * Where following begins in each file: in those, too, that were there when it began and are opened later, as others wait
 * to be read.
 */
export class Beginnings {
  readonly #options: ResolvedFollowOptions
  /** Where files ended at the first pause. */
  #ends: Map<string, End> | undefined

  constructor(options: ResolvedFollowOptions) {
    this.#options = options
  }

  /** Whether something that was there when following began is opened later. */
  get paused(): boolean {
    return this.#ends !== undefined
  }

  /** What `targets` match and nobody knows is opened later. Written down is where it ends, where that matters. */
  async pause(targets: readonly Target[], isTakenUp: (path: string) => boolean): Promise<void> {
    if (this.#ends) return
    this.#ends = new Map()
    if (this.#options.from !== 'end') return
    for (const { matches } of targets)
      for await (const { prefix, names } of matches())
        for (const name of names) {
          const path = prefix + name
          if (!isTakenUp(path) && !this.#isInCheckpoint(path)) await this.#note(path, this.#ends)
        }
  }

  /** How a path begins that is taken up now; `first`: among those that were there when following began. */
  of(path: string, first: boolean): Promise<Pick<FollowedFileInit, 'first' | 'from'>> {
    if (!first || !this.#ends) return Promise.resolve({ first })
    // What has a name after a pause may be a copy of what is read already.
    return this.#fromOf(path, this.#ends).then(from => ({ first: false, from }))
  }

  /** What was not there at the pause, or is another file now, is read from its start. */
  async #fromOf(path: string, ends: ReadonlyMap<string, End>): Promise<ResolvedFollowOptions['from']> {
    const { from, fileSystem } = this.#options
    if (from !== 'end' || this.#isInCheckpoint(path)) return from
    const end = ends.get(path)
    const named = end && (await lookAt(path, fileSystem).catch(() => undefined))
    return named && claimKeyOf(named) === end?.key ? end.size : 'start'
  }

  async #note(path: string, ends: Map<string, End>): Promise<void> {
    const named = await lookAt(path, this.#options.fileSystem).catch(() => undefined)
    if (named?.isFile) ends.set(path, { key: claimKeyOf(named), size: named.size })
  }

  #isInCheckpoint(path: string): boolean {
    const { checkpoint, host } = this.#options
    return checkpoint !== undefined && checkpoint.entriesOf(host, path).length > 0
  }
}
