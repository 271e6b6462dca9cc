import { FolderAway } from '../errors.ts'
import type { Generation } from '../generation/generation.ts'
import { claimKeyOf, identify } from '../identity/identity.ts'
import type { GenerationBase, OpenedSibling } from '../generation/generation-base.ts'
import { copiedBy, type MissedRange } from './missed.ts'
import { notePart, rememberOpened } from '../identity/taken-files.ts'

/**
 * Generations of one path that were missed, and may be copies of what is not open yet. Their handles are held: their
 * names may go.
 */
export class DoubtedGenerations {
  readonly #base: GenerationBase
  readonly #generations: Generation[] = []

  constructor(base: GenerationBase) {
    this.#base = base
  }

  /** Whether there is one. */
  get any(): boolean {
    return this.#generations.length > 0
  }

  /** As they were found. */
  get all(): readonly Generation[] {
    return this.#generations
  }

  /** Takes them over. */
  add(generations: readonly Generation[]): void {
    for (const { identity } of generations) this.#base.opened.delete(claimKeyOf(identity))
    this.#generations.push(...generations)
  }

  /** Those that are no copies, as is known now. Those that are copies are given up; all are kept where one cannot be asked. */
  async ask(range: MissedRange): Promise<Generation[]> {
    const missed: Generation[] = []
    const unasked = this.#generations.splice(0)
    try {
      for (let generation = unasked[0]; generation; unasked.shift(), generation = unasked[0]) {
        const opened = await openedOf(generation)
        const copied = await copiedBy(opened, range, this.#base)
        if (copied === 'unread') this.add([generation])
        if (copied === 'no') {
          rememberOpened(this.#base, generation.identity)
          missed.push(generation)
        }
        if (copied !== 'yes' && copied !== 'part') continue
        notePart(opened, true, this.#base)
        await generation.close()
      }
      return missed
    } catch (error) {
      this.add([...missed, ...unasked])
      throw error
    }
  }

  /** One that `proves` says yes to; the caller has to close it. */
  async take(proves: (opened: OpenedSibling) => Promise<boolean>): Promise<OpenedSibling | undefined> {
    for (const [at, generation] of this.#generations.entries()) {
      const opened = await openedOf(generation)
      if (!(await proves(opened))) continue
      this.#generations.splice(at, 1)
      return opened
    }
    return undefined
  }

  /** Gives all of them up. */
  async close(): Promise<void> {
    for (const generation of this.#generations.splice(0)) await generation.close()
  }
}

/** What the file of one is now: looked for once more, where it was not found. @throws FolderAway */
async function openedOf(generation: Generation): Promise<OpenedSibling> {
  generation.comeBack()
  const { handle, identity } = generation
  const opened = { handle, identity: { ...(await identify(handle)), packed: identity.packed === true } }
  if (handle.away) throw new FolderAway(`another disk is where the folder of ${generation.source.path} was`)
  return opened
}
