import type { FollowContext } from './follow-context.ts'
import type { FollowedFile } from './followed-file.ts'
import type { FollowedFiles } from './followed-files.ts'
import type { OpenedSibling } from '../generation/generation-base.ts'
import { claimKeyOf } from '../identity/identity.ts'
import { hasGrown } from '../identity/taken-files.ts'
import { basePathsOf } from '../names/rotated-names.ts'
import type { CopyVerdict } from '../search/claim-copy.ts'

/** How often what the patterns match was looked for. */
export interface Discoveries {
  readonly begun: number
  readonly ended: number
}

/** Asks the paths whose rotated names a new file may have whether it copies what they read. */
export class CopyQuestions {
  readonly #context: FollowContext<FollowedFile>
  readonly #files: FollowedFiles
  readonly #discoveries: Discoveries
  readonly #discover: () => void
  /** Files that may copy what the next discovery finds, and how many discoveries had begun when that was thought. */
  readonly #postponed = new Map<string, number>()

  /** `discover` makes another discovery begin soon. */
  constructor(
    context: FollowContext<FollowedFile>,
    files: FollowedFiles,
    discoveries: Discoveries,
    discover: () => void,
  ) {
    this.#context = context
    this.#files = files
    this.#discoveries = discoveries
    this.#discover = discover
  }

  /** Whether a new file only holds what another one here was read to, as copytruncate makes it; a `first` one, or what an earlier run read. */
  async ask(path: string, opened: OpenedSibling, first: boolean): Promise<CopyVerdict> {
    let news = false
    for (const base of basePathsOf(path)) {
      // Who is not followed may be so a moment later, without having been asked.
      if (!this.#files.has(base)) news ||= this.#isNews(base)
      const verdict = await this.#files.claimCopy(base, opened, first)
      if (verdict !== 'no') return verdict
    }
    if (news && this.#postpones(opened)) return 'later'
    this.#giveFree(opened)
    return 'no'
  }

  /** Whether something may have to be taken up at a path that is not followed. */
  #isNews(path: string): boolean {
    const { discover, fileSystem } = this.#context.options
    return discover && fileSystem.glance(path) !== undefined
  }

  /** Whether what a file is, is to be asked again after the next discovery. */
  #postpones({ identity }: OpenedSibling): boolean {
    const key = claimKeyOf(identity)
    const since = this.#postponed.get(key)
    if (since !== undefined && this.#discoveries.ended > since) return !this.#postponed.delete(key)
    this.#postponed.set(key, since ?? this.#discoveries.begun)
    this.#discover()
    return true
  }

  /** What passed for a part of what was read, and has grown to be something else, is nobody's. */
  #giveFree({ identity }: OpenedSibling): void {
    const { claims } = this.#context
    if (hasGrown(identity, { parts: claims })) claims.release(claimKeyOf(identity))
  }
}
