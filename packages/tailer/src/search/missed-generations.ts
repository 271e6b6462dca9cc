import type { ResumeToken } from '@logflow/core'
import type { EarlierRun } from '../checkpoint/earlier-run.ts'
import type { Resumed, StillMissing } from '../checkpoint/resume.ts'
import { isPassing } from '../errors.ts'
import { lookAt, type NamedFacts } from '../follow/rotation.ts'
import type { Generation } from '../generation/generation.ts'
import type { GenerationBase } from '../generation/generation-base.ts'
import { holdAll, learnHeads, provenOnce } from '../generation/hold-all.ts'
import { claimKeyOf } from '../identity/identity.ts'
import type { ReleasedContents } from '../identity/released-contents.ts'
import type { Sibling } from '../names/listing.ts'
import type { RestingOpener } from '../resting/resting-file.ts'
import { DoubtedGenerations } from './doubted-generations.ts'
import { isAsBefore, isYounger, type Horizon } from './horizon.ts'
import { LeftOut, NOTHING_LEFT_OUT } from './left-out.ts'
import { findMissed, giveBack, inOrderOfBirth, type MissedRange } from './missed.ts'
import type { Surroundings } from './surroundings.ts'

/** What {@link MissedGenerations} needs. */
export interface MissedGenerationsInit {
  readonly base: GenerationBase
  readonly surroundings: Surroundings
  readonly released: ReleasedContents
  readonly earlier: EarlierRun | undefined
}

/** What is known of a path when it is searched beside it. */
export interface Standing {
  /** Something of it was given to be read. */
  readonly begun: boolean
  /** It is still to be seen what something is that was found. */
  readonly doubts: boolean
}

/** Searches beside one path for generations that came and went before anybody looked, again and again. */
export class MissedGenerations {
  /** Those that may be copies of what is not open yet. */
  readonly doubted: DoubtedGenerations
  /** What an earlier run left, and was not found yet. */
  missing: StillMissing | undefined
  readonly #init: MissedGenerationsInit
  /** What had the name at the first look. */
  #firstKey: string | undefined
  #leftOut: LeftOut = NOTHING_LEFT_OUT

  /** `resting` is what an earlier one of the same path gave. */
  constructor(init: MissedGenerationsInit, resting?: Pick<RestingOpener, 'firstKey' | 'missing'>) {
    this.#init = init
    this.doubted = new DoubtedGenerations(init.base)
    this.#firstKey = resting?.firstKey
    this.missing = resting?.missing
  }

  /** What is to be kept of it while nothing happens to the path. */
  rest(): Pick<RestingOpener, 'firstKey' | 'missing'> {
    return { firstKey: this.#firstKey, missing: this.missing }
  }

  /** What the first look saw, if it is wanted, is followed, whatever name it has when it is opened. */
  noteFirst(named: NamedFacts | undefined): void {
    this.#firstKey ??= named ? claimKeyOf(named) : 'nothing'
  }

  /** What the last search left for another one. */
  get leftOut(): LeftOut {
    return this.#leftOut
  }

  /** Names moved: whatever was searched for may lie there. */
  noteMoving(): void {
    this.#leftOut = new LeftOut(this.#leftOut)
  }

  /** Nothing is there that could be searched for. */
  noteNothing(): void {
    this.#leftOut = NOTHING_LEFT_OUT
  }

  /**
   * What was missed besides what is being opened. Without a descriptor to spare, or when the folder has gone away, that is
   * left for another search: what is open is kept, as its content may be cut before there is one again.
   */
  async findBeside(
    held: readonly Generation[],
    { rest, next }: Pick<Resumed, 'rest' | 'next'>,
    standing: Standing,
  ): Promise<readonly Generation[]> {
    try {
      return await this.find([...held, ...rest, ...(next ? [next] : [])], standing)
    } catch (error) {
      if (isPassing(error)) return []
      await giveBack(rest, this.#init.base)
      await next?.close()
      throw error
    }
  }

  /** Those that nobody has had yet, besides what is `held`. */
  async find(held: readonly Generation[], { begun, doubts }: Standing): Promise<Generation[]> {
    const { base, surroundings, released } = this.#init
    if (!begun && !this.missing) await surroundings.lookOnceMore()
    const range = await this.#rangeToSearch(held, doubts)
    if (!range) return []
    const before = this.#leftOut
    const leftOut = (this.#leftOut = new LeftOut(before))
    // Cut as well: what lies beside it may be its own, and is looked at when that was told. Those that are read, of which
    // there may be hundreds, are asked only when there is something that may copy them.
    const prove = provenOnce(held)
    const unread = held.filter(({ offset, isRead }) => offset === 0 || !isRead)
    if (!(await learnHeads(unread)) || (this.doubted.any && !(await prove()))) {
      leftOut.postpone()
      return []
    }
    const known = { ...range, held, prove, released: released.all, leftOut }
    const missed = await this.doubted.ask(known)
    try {
      const found = [...missed, ...this.doubted.all]
      missed.push(...(await findMissed({ ...known, found }, base)))
      return missed.length > 0 && (await this.#areKnown(held)) ? inOrderOfBirth(missed.splice(0)) : []
    } finally {
      this.doubted.add(missed)
    }
  }

  /** Whether what has the name, and what it holds now, is open: what else was found may only copy it. */
  async #areKnown(held: readonly Generation[]): Promise<boolean> {
    if (!(await holdAll(held)) || !(await isNamedOneOf(held, this.#init.base))) return false
    for (const generation of held) await generation.doubtIfCut()
    return true
  }

  /** What is searched for; `undefined` when nothing came since the first look. */
  async #rangeToSearch(
    held: readonly Generation[],
    doubts: boolean,
  ): Promise<Pick<MissedRange, 'isNew' | 'packedNs' | 'tokens'> | undefined> {
    const { horizon } = this.#init.surroundings
    const { missing } = this
    if (!horizon) return undefined
    if (!doubts && !missing && (await isAsBefore(horizon, this.#init.base))) {
      this.noteNothing()
      return undefined
    }
    const isNew = (sibling: Sibling): boolean => this.#isNew(sibling, horizon)
    return { isNew, packedNs: horizon.packedNs, tokens: this.#tokens(held) }
  }

  /**
   * What copies are told by of what an earlier run read. Another generation may begin like all that was acknowledged of one,
   * as with a header, and go on otherwise: what is open says more than how far it was read.
   */
  #tokens(held: readonly Generation[]): readonly ResumeToken[] | undefined {
    return this.missing?.tokens.filter(({ sourceId }) => !held.some(({ source }) => source.id === sourceId))
  }

  #isNew(sibling: Sibling, horizon: Horizon): boolean {
    const { missing } = this
    // Who reads it under the name that it has now goes on with it there.
    if (missing && this.#init.earlier?.knowsElsewhere(sibling)) return false
    return isYounger(sibling, horizon) || claimKeyOf(sibling) === this.#firstKey || missing?.isNew(sibling) === true
  }
}

/** Whether what a path names, if anything, is one of those that are open. */
export async function isNamedOneOf(
  held: readonly Generation[],
  { path, fileSystem }: Pick<GenerationBase, 'path' | 'fileSystem'>,
): Promise<boolean> {
  const named = await lookAt(path, fileSystem)
  const generation = held.find(({ identity }) => named && claimKeyOf(identity) === claimKeyOf(named))
  if (named) await generation?.see(named.size)
  return !named || generation !== undefined
}
