import type { Clock } from '@logflow/core'
import type { CheckpointEntry } from './checkpoint-log.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { GenerationBase, OpenedSibling } from '../generation/generation-base.ts'
import { claimKeyOf, isCutOff, parseIdentity } from '../identity/identity.ts'
import { basePathsOf } from '../names/rotated-names.ts'
import { findByToken } from '../search/find-sibling.ts'
import type { Patience } from '../search/patience.ts'

/** Files of one path that a crash left half read; older ones are given up. */
const MAX_LEFT = 16
/** What was rotated away, and is not found, is searched for by every run for so long: a day. */
const MISSED_MS = 86_400_000

/** A file that an entry speaks of, found where it is now. */
export interface Left {
  readonly entry: CheckpointEntry
  readonly found: OpenedSibling
}

/**
 * Those of the `known` entries of a path, newest first, whose files may hold more, oldest first: what was not read to its
 * end, and what was rotated away and may have late lines. Not the one that is looked at anyway.
 */
export function unfinished(known: readonly CheckpointEntry[], but: CheckpointEntry): CheckpointEntry[] {
  const mayHoldMore = (entry: CheckpointEntry): boolean =>
    entry.sourceId !== but.sourceId && !isCutOff(entry.tailHash) && (!entry.complete || entry.rotatedMs !== undefined)
  return known.filter(mayHoldMore).slice(0, MAX_LEFT).reverse()
}

/** Searches for the files that a checkpoint speaks of, beside the path that they had. */
export class LeftSearch {
  readonly #checkpoint: Checkpoint
  readonly #patience: Patience
  readonly #clock: Clock
  readonly #lingerMs: number

  /** As long as `patience` has it, names that move are waited for. What was rotated away for `lingerMs` lingers no more. */
  constructor(
    checkpoint: Checkpoint,
    patience: Patience,
    options: { readonly clock: Clock; readonly lingerMs: number },
  ) {
    this.#checkpoint = checkpoint
    this.#patience = patience
    this.#clock = options.clock
    this.#lingerMs = options.lingerMs
  }

  /** What is there of the files of some entries, in their order: all are given back where one cannot be searched for now. */
  async find(entries: readonly CheckpointEntry[], base: GenerationBase): Promise<readonly Left[] | 'moving'> {
    const left: Left[] = []
    let moving = false
    try {
      for (const entry of entries) {
        const found = await findByToken(entry, base)
        moving ||= found === 'moving'
        if (!found || found === 'moving') continue
        if (this.#isReadElsewhere(found, entry)) await giveBack([{ entry, found }], base)
        else left.push({ entry, found })
      }
    } catch (error) {
      await giveBack(left, base)
      throw error
    }
    if (this.#patience.waits(moving)) {
      await giveBack(left, base)
      return 'moving'
    }
    return this.#withoutEnded(entries, left, base)
  }

  /**
   * Whether the file of an entry is read under the name that it has now, or will be: below a pattern one that has a rotated
   * name gets another one, which is no rotated name of the one that it had.
   */
  async isElsewhere(entry: CheckpointEntry, base: GenerationBase): Promise<boolean> {
    const identity = parseIdentity(entry.sourceId)
    if (!identity || base.isTaken(claimKeyOf(identity))) return identity !== undefined
    for (const path of basePathsOf(entry.path).filter(base => this.#checkpoint.knows(base))) {
      const found = await findByToken(entry, { ...base, path })
      if (!found || found === 'moving') continue
      await giveBack([{ entry, found }], base)
      return true
    }
    return false
  }

  /** Whether it is a copy that was read as a file of its own, as a pattern matches its name, too. */
  #isReadElsewhere({ identity }: OpenedSibling, { path }: CheckpointEntry): boolean {
    return this.#checkpoint.entriesOfFile(identity).some(other => other.path !== path)
  }

  /** Of a file that was rotated away so long ago that it lingers no more, only what it holds besides is still to be read. */
  async #withoutEnded(
    entries: readonly CheckpointEntry[],
    left: readonly Left[],
    base: GenerationBase,
  ): Promise<readonly Left[]> {
    const nowMs = this.#clock.now()
    const hasEnded = (entry: CheckpointEntry): boolean => {
      const { rotatedMs } = entry
      const size = left.find(one => one.entry === entry)?.found.identity.size
      // What is not found may be on a disk that is mounted later.
      const waitsMs = size === undefined ? MISSED_MS : size > entry.offset ? Infinity : this.#lingerMs
      return rotatedMs !== undefined && nowMs - rotatedMs >= waitsMs
    }
    const ended = new Set(entries.filter(hasEnded))
    for (const { sourceId, offset } of ended) this.#checkpoint.complete(sourceId, offset)
    await giveBack(
      left.filter(({ entry }) => ended.has(entry)),
      base,
    )
    return left.filter(({ entry }) => !ended.has(entry))
  }
}

/** As if they had not been found. */
async function giveBack(left: readonly Left[], base: GenerationBase): Promise<void> {
  for (const { found } of left) {
    base.release(claimKeyOf(found.identity))
    await found.handle.close()
  }
}
