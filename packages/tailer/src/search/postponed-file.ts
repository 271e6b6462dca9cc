import { openedFileOf, type OpenedFile } from '../checkpoint/resume.ts'
import type { Generation } from '../generation/generation.ts'
import { claimKeyOf, identify } from '../identity/identity.ts'
import type { SharedHandle } from '../files/shared-handle.ts'
import { isTakenAsIs } from '../identity/taken-files.ts'
import type { CopyVerdict } from './claim-copy.ts'
import type { GenerationBase, OpenedSibling } from '../generation/generation-base.ts'

/** What had a path and may be a copy of what is not open yet. Its handle is held: its name may go. */
export class PostponedFile {
  readonly #base: GenerationBase
  readonly #isCopy: (opened: OpenedSibling) => Promise<CopyVerdict>
  readonly #begin: (file: OpenedFile) => Promise<Generation>
  #handle: SharedHandle | undefined

  /** `isCopy` is asked again and again, until it is known; then `begin` opens what is none. */
  constructor(
    base: GenerationBase,
    isCopy: (opened: OpenedSibling) => Promise<CopyVerdict>,
    begin: (file: OpenedFile) => Promise<Generation>,
  ) {
    this.#base = base
    this.#isCopy = isCopy
    this.#begin = begin
  }

  /** Whether there is one. */
  get waits(): boolean {
    return this.#handle !== undefined
  }

  /** Takes the handle over, where there is none yet. Whether it did. */
  hold(handle: SharedHandle): boolean {
    if (this.#handle) return false
    this.#handle = handle
    return true
  }

  /** The file, once it is known to be no copy, and nobody's; of its path then. */
  ask(): Promise<Generation | undefined> {
    return this.#handle ? this.#ask(this.#handle) : Promise.resolve(undefined)
  }

  async #ask(handle: SharedHandle): Promise<Generation | undefined> {
    // It may be a copy that is being made: what it was when it was opened says little.
    const identity = await identify(handle).catch((error: unknown) => this.#giveUp(error))
    const verdict = isTakenAsIs(identity, this.#base) ? 'yes' : await this.#isCopy({ handle, identity })
    if (verdict === 'later') return undefined
    const isOurs = verdict === 'no' && this.#base.claim(claimKeyOf(identity))
    this.#release(handle)
    if (!isOurs) {
      await handle.close()
      return undefined
    }
    return this.#begin(openedFileOf(this.#base, { handle, identity, source: this.#base.names.of(identity) }))
  }

  /** Gives it up. */
  async close(): Promise<void> {
    const handle = this.#handle
    if (!handle) return
    this.#release(handle)
    await handle.close()
  }

  /** What cannot be asked any more is found again under its name, if it has one. */
  async #giveUp(error: unknown): Promise<never> {
    await this.close()
    throw error
  }

  #release(handle: SharedHandle): void {
    this.#handle = undefined
    this.#base.undecided.decide(handle)
  }
}
