import { beginAlike, type KnownHead } from '../identity/known-head.ts'
import { compareWithKnown, knownOf } from '../identity/copies.ts'
import type { DoubtedGenerations } from './doubted-generations.ts'
import { Generation } from '../generation/generation.ts'
import { FolderAway } from '../errors.ts'
import { claimKeyOf } from '../identity/identity.ts'
import { findSibling, findUndecided, type Wanted } from './find-sibling.ts'
import type { GenerationBase, OpenedSibling } from '../generation/generation-base.ts'
import { rememberOpened } from '../identity/taken-files.ts'

/** What copytruncate copied away before it truncated a file. */
export type FoundCopy =
  | { readonly kind: 'copy'; readonly generation: Generation }
  /** It was read already, as a generation that had been missed. */
  | { readonly kind: 'delivered' }
  /** Names moved while it was searched for. */
  | { readonly kind: 'moving' }
  /** The folder is away. */
  | { readonly kind: 'away' }
  | { readonly kind: 'none' }

/** Where the copy of a content may be, besides in the folder. */
interface CopySearch {
  /** As in {@link GenerationInit}: it ends with a truncation. */
  readonly copy: boolean
  /** What this path has open and does not know yet. */
  readonly doubted: DoubtedGenerations
}

/** The copy of `head`, from where delivery stopped. */
export async function findCopy(
  head: Generation,
  base: GenerationBase,
  { copy, doubted }: CopySearch,
): Promise<FoundCopy> {
  const proves = async (opened: OpenedSibling): Promise<boolean> =>
    (await compareWithKnown(knownOf(head), opened)) === 'rest'
  const wanted: Wanted = {
    // A smaller one may be a copy of something else that is being made; of two the longer one is rather this one's.
    likely: ({ size }) => size >= head.head.length,
    mayBe: async packed => beginAlike(head.head, await packed.head()),
    proves,
  }
  const found = await searchCopy(base, wanted, doubted).catch(unlessAway)
  if (found === 'away' || found === 'moving') return { kind: found }
  if (!found) return { kind: 'none' }
  const { handle, identity } = found
  if (base.opened.has(claimKeyOf(identity))) {
    await handle.close()
    return { kind: 'delivered' }
  }
  const { source, deliveredOffset: offset } = head
  const expected = { ...identity, head: longerOf(identity.head, head.head) }
  const generation = await Generation.open({ ...base, handle, identity: expected, source, offset, copy, mayGrow: true })
  rememberOpened(base, identity)
  return { kind: 'copy', generation }
}

/** In the folder, or open already to who does not know yet what it is. `moving` as with {@link findSibling}. */
async function searchCopy(
  base: GenerationBase,
  wanted: Wanted,
  doubted: DoubtedGenerations,
): Promise<OpenedSibling | 'moving' | undefined> {
  const beside = await findSibling(base, wanted)
  if (beside && beside !== 'moving') return beside
  return (await doubted.take(wanted.proves)) ?? (await findUndecided(base, wanted.proves)) ?? beside
}

function unlessAway(error: unknown): 'away' {
  if (error instanceof FolderAway) return 'away'
  throw error
}

/** What a file is expected to begin with: what it does now, or what is known of the content that it copies. */
function longerOf(head: Uint8Array, known: KnownHead): Uint8Array {
  return known instanceof Uint8Array && known.length > head.length ? known : head
}
