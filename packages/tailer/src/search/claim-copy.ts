import { compareWith, compareWithReleased } from '../identity/copies.ts'
import type { GenerationBase, OpenedSibling } from '../generation/generation-base.ts'
import { claimKeyOf } from '../identity/identity.ts'
import type { MissedRange } from './missed.ts'
import { isPart, isTakenAsIs, notePart } from '../identity/taken-files.ts'

/** Whether a file is a copy of what another path of the same follow reads; `later` when that path is not read yet. */
export type CopyVerdict = 'no' | 'yes' | 'later'

/** What a file may copy that is asked about by {@link claimCopy}. */
export interface CopiedRange extends Pick<MissedRange, 'held' | 'released'> {
  /** What was last written since then, ms since 1970, may be being written yet. */
  readonly writtenMs: number
}

/**
 * Whether a file copies one of `held`, by head and by the bytes before its offset; then it is claimed. One that copies
 * what nobody has read yet is not: it may be needed as a generation of its own. Nor is one that is as yet only the
 * beginning of something that was let go: it may become a copy of something else. What the path has by now it knows
 * better than who asks, and saw it before.
 */
export async function claimCopy(
  opened: OpenedSibling,
  { held, released = [], writtenMs }: CopiedRange,
  base: Pick<GenerationBase, 'claim' | 'isTaken' | 'parts'>,
): Promise<CopyVerdict> {
  const { identity } = opened
  const key = claimKeyOf(identity)
  if (isTakenAsIs(identity, base) && base.claim(key)) return 'yes'
  const claimed = (): CopyVerdict => {
    if (!base.claim(key)) return 'no'
    notePart(opened, true, base)
    return 'yes'
  }
  // Whether an empty file is one will be seen when it has content.
  if (identity.size === 0) return held.length > 0 ? 'yes' : 'no'
  for (const generation of held) {
    const copied = await compareWith(generation, opened)
    if (copied === 'changed') return 'later'
    if (copied === 'rest' || isPart(copied, opened, base)) return generation.offset === 0 ? 'later' : claimed()
  }
  for (const known of released) {
    const copied = await compareWithReleased(known, opened)
    if (copied === 'rest') return claimed()
    if (isPart(copied, opened, base)) return Number(identity.mtimeNs / 1_000_000n) >= writtenMs ? 'later' : claimed()
  }
  return 'no'
}
