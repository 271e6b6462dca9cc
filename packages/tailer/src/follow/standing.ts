import type { Clock } from '@logflow/core'
import type { Generation } from '../generation/generation.ts'
import type { GenerationQueue } from '../generation/generation-queue.ts'
import type { HomeFolder, HomeVerdict } from '../search/home-folder.ts'
import { claimKeyOf } from '../identity/identity.ts'
import type { Lingering } from '../generation/lingering.ts'
import type { Quiet } from './quiet.ts'
import { judgeRotation, type NamedFacts, type RotationVerdict } from './rotation.ts'

/** What is known of a followed path. */
export interface StandingInit {
  readonly queue: GenerationQueue
  readonly lingering: Lingering
  readonly quiet: Quiet
  readonly home: HomeFolder
  readonly clock: Clock
  /** Something is to be read. */
  readonly wake: () => void
}

/** Where a followed path stands: what has become of what it named, and whether it may be left alone until something is heard. */
export class Standing {
  /** What lies beside the path is to be searched once more, although the folder is as it was. */
  rescan = false
  readonly #init: StandingInit

  constructor(init: StandingInit) {
    this.#init = init
  }

  /** What a look at the path says of what is held for it. */
  async judge(named: NamedFacts | undefined): Promise<RotationVerdict> {
    const { queue } = this.#init
    const where = await this.#lookHome(named !== undefined)
    const { newest } = queue
    const facts = { changed: false, away: where === 'away' }
    const held = newest && { fileKey: claimKeyOf(newest.identity), closed: newest.asleep, ...facts }
    const verdict = judgeRotation(held, named)
    if (verdict !== 'same' && verdict !== 'away') queue.stir()
    return verdict
  }

  /** The path names what was opened last: whether there is something to be read of it. */
  async noticeGrowth(newest: Generation, { size, mtimeNs }: NamedFacts): Promise<void> {
    if (newest.gone) return // until it is found again
    const { quiet, wake } = this.#init
    if (size !== newest.offset) await newest.see(size)
    if (size !== newest.offset || mtimeNs !== quiet.mtimeNs) {
      newest.stir()
      wake()
    }
    quiet.mtimeNs = mtimeNs
  }

  /** Whether what was not found is gone: its folder is there, and was when it was looked for. */
  async isHere(): Promise<boolean> {
    return (await this.#lookHome(false)) === 'here'
  }

  #lookHome(isNamed: boolean): Promise<HomeVerdict> {
    const { queue, quiet, home, wake } = this.#init
    return home.look(isNamed).then(where => {
      if (where !== 'back') return where
      quiet.noteGone(false)
      queue.comeBack()
      wake()
      return where
    })
  }

  /** A search is to be begun again: at once where names moved, with the next look where the folder is away. */
  searchAgain(): void {
    if (!this.#init.home.away) this.#init.wake()
  }

  /** Whether time alone brings something about. */
  get waits(): boolean {
    const { queue, home } = this.#init
    return this.#lingers || (home.away && queue.head?.asleep === false)
  }

  /** Whether a look may find something to do although nothing changed. */
  get asks(): boolean {
    return this.waits || this.rescan || this.mayDrowse
  }

  /** Whether it is closed and nothing of it is awaited: what is written to it is heard of. */
  get rests(): boolean {
    const { queue } = this.#init
    return queue.length === 1 && queue.head?.asleep === true && !this.waits && !this.rescan
  }

  /** Nothing was written for long, and everything is read: the descriptor is better used elsewhere. */
  get mayDrowse(): boolean {
    const { queue, quiet, home, lingering, clock } = this.#init
    if (!queue.head?.isRead || queue.head.asleep || this.#lingers || this.rescan) return false
    // A disk that was taken away is not to be kept from being put away.
    return quiet.isLong || (home.away && quiet.msAt(clock.monotonicMs()) >= lingering.ms)
  }

  get #lingers(): boolean {
    const { queue, lingering, quiet } = this.#init
    return lingering.size > 0 || queue.length > 1 || quiet.isGone
  }
}
