import { compareWith, compareWithKnown, compareWithReleased, knownOf } from '../identity/copies.ts'
import type { Generation } from '../generation/generation.ts'
import type { GenerationBase, OpenedSibling } from '../generation/generation-base.ts'
import type { ResumeToken } from '@logflow/core'
import { claimKeyOf, holdsContentOf, isSameFile, parseIdentity, type FileIdentity } from '../identity/identity.ts'
import type { ReleasedContent } from '../resting/resting-file.ts'
import type { MissedRange } from './missed.ts'
import { isPart, isTakenAsIs, notePart } from '../identity/taken-files.ts'

/** Whether a file is a copy of what another path of the same follow reads; `later` when that path is not read yet. */
export type CopyVerdict = 'no' | 'yes' | 'later'

/** What one path of a follow has open, and what was read there and is not open any more. */
export interface ReadContents {
  readonly held: readonly Generation[]
  readonly released: readonly ReleasedContent[]
}

/** What a file may copy that is asked about by {@link claimCopy}. */
export interface CopiedRange extends ReadContents, Pick<MissedRange, 'tokens'> {
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
  { held, released, tokens = [], writtenMs }: CopiedRange,
  base: Pick<GenerationBase, 'claim' | 'isTaken' | 'parts'>,
): Promise<CopyVerdict> {
  const { identity } = opened
  if (isTakenAsIs(identity, base) && base.claim(claimKeyOf(identity))) return 'yes'
  // Whether an empty file is one will be seen when it has content.
  if (identity.size === 0) return held.length > 0 ? 'yes' : 'no'
  for (const generation of held) {
    const verdict = await copyOfHeld(opened, generation, base)
    if (verdict !== 'no') return verdict === 'yes' ? claimed(opened, base) : verdict
  }
  for (const known of released) {
    const copied = await compareWithReleased(known, opened)
    if (copied === 'rest') return claimed(opened, base)
    if (isPart(copied, opened, base)) return wasWritten(identity, writtenMs) ? 'later' : claimed(opened, base)
  }
  return (await isCopyOfAny(opened, tokens)) ? claimed(opened, base) : 'no'
}

async function copyOfHeld(
  opened: OpenedSibling,
  generation: Generation,
  base: Pick<GenerationBase, 'parts'>,
): Promise<CopyVerdict> {
  const copied = await compareWith(generation, opened)
  if (copied === 'changed') return 'later'
  if (copied !== 'rest' && !isPart(copied, opened, base)) return 'no'
  return generation.offset === 0 ? 'later' : 'yes'
}

function wasWritten({ mtimeNs }: Pick<FileIdentity, 'mtimeNs'>, sinceMs: number): boolean {
  return Number(mtimeNs / 1_000_000n) >= sinceMs
}

/** Whether a file holds what is read of something, as far as that is known: nobody's file is asked for it. */
export async function holdsAnyOf(opened: OpenedSibling, { held, released }: ReadContents): Promise<boolean> {
  for (const known of [...held.map(knownOf), ...released]) {
    if (known.head.length > 0 && (await compareWithKnown(known, opened)) === 'rest') return true
  }
  return false
}

/** It is the path's own from now on, if it is nobody's. */
function claimed(opened: OpenedSibling, base: Pick<GenerationBase, 'claim' | 'parts'>): CopyVerdict {
  if (!base.claim(claimKeyOf(opened.identity))) return 'no'
  notePart(opened, true, base)
  return 'yes'
}

/** Whether it holds what one of them speaks of and nothing else: what is longer may only begin like it. */
async function isCopyOfAny(opened: OpenedSibling, tokens: readonly ResumeToken[]): Promise<boolean> {
  for (const token of tokens) if (opened.identity.size === token.offset && (await isCopyOf(opened, token))) return true
  return false
}

/** Whether another file than that of a token holds what was read of it. */
export async function isCopyOf({ handle, identity }: OpenedSibling, token: ResumeToken): Promise<boolean> {
  const own = parseIdentity(token.sourceId)
  if (!own || isSameFile(own, identity) || token.offset === 0 || identity.size < token.offset) return false
  return holdsContentOf(handle, token)
}
