import type { GenerationBase, OpenedSibling } from '../generation/generation-base.ts'
import {
  claimKeyOf,
  HEAD_BYTES,
  holdsContentOf,
  identify,
  isSameFile,
  mayBeginAs,
  parseClaimKey,
  parseIdentity,
} from '../identity/identity.ts'
import { isStill, listSiblings, MAX_PASSES, type Sibling } from '../names/listing.ts'
import { type MayBe, openContent } from './sibling-content.ts'
import type { ResumeToken } from '@logflow/core'

/**
 * The file that a token speaks of, under another name: the same inode first, else a copy with the same head and the
 * same bytes before the offset. Copies smaller than the offset are not it. `moving` as with {@link findSibling}.
 */
export async function findByToken(
  token: ResumeToken,
  base: GenerationBase,
): Promise<OpenedSibling | 'moving' | undefined> {
  const identity = parseIdentity(token.sourceId)
  // Without any content to compare, every file would do.
  if (!identity || (identity.headBytes === 0 && token.tailHash === '')) return undefined
  const isInode = (sibling: Omit<Sibling, 'path'>): boolean => isSameFile(sibling, identity)
  const proves = async ({ handle, identity: { size } }: OpenedSibling): Promise<boolean> =>
    size >= token.offset && (await holdsContentOf(handle, token))
  // A head that is shorter than the one that is known is told by the bytes before the offset alone.
  const mayBe: MayBe = async packed => {
    const head = await packed.head()
    return head.length < HEAD_BYTES || mayBeginAs(head, token)
  }
  return findSibling(base, { likely: isInode, mayBe, proves })
}

/** The file beside the path that has this inode and birth. */
export async function findByKey(key: string, base: GenerationBase): Promise<OpenedSibling | undefined> {
  const wanted = parseClaimKey(key)
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const { siblings, settled } = await listSiblings(base)
    const sibling = siblings.find(other => isSameFile(other, wanted))
    const content = sibling && (await openContent(sibling.path, base.fileSystem, async () => true))
    const opened = content?.kind === 'open' ? content.opened : undefined
    if (opened && isSameFile(opened.identity, wanted)) return opened
    await opened?.handle.close()
    if (sibling ? !opened && (await isStill(sibling, base)) : settled) break
  }
  return undefined
}

/** What is searched for among siblings. */
export interface Wanted {
  /** Whether it is to be asked first. */
  readonly likely: (file: Omit<Sibling, 'path'>) => boolean
  readonly mayBe: MayBe
  readonly proves: (opened: OpenedSibling) => Promise<boolean>
}

/**
 * A sibling that `proves` says yes to, `likely` ones first, of these the youngest, then longer ones; it is this path's own
 * then. `moving` when there is none, and names moved all the time.
 */
export async function findSibling(
  base: GenerationBase,
  { likely, mayBe, proves }: Wanted,
): Promise<OpenedSibling | 'moving' | undefined> {
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const listing = await listSiblings(base)
    const siblings = listing.siblings.reverse()
    let { settled } = listing
    const others = siblings.filter(other => !likely(other)).sort((a, b) => b.size - a.size)
    for (const sibling of [...siblings.filter(likely), ...others]) {
      const content = await openContent(sibling.path, base.fileSystem, mayBe)
      if (content.kind === 'gone') settled &&= await isStill(sibling, base)
      if (content.kind !== 'open') continue
      const { opened } = content
      const same = claimKeyOf(opened.identity) === claimKeyOf(sibling)
      // The name of a likely one may have gone to another, whose turn is later.
      const inTurn = same || !likely(sibling) || likely(opened.identity)
      if (inTurn && (await proves(opened)) && base.claim(claimKeyOf(opened.identity))) return opened
      settled &&= same
      await opened.handle.close()
    }
    if (settled) return undefined
  }
  return 'moving'
}

/** One that `proves` says yes to, of those that another path has open to see what they are; it is this path's own then. */
export async function findUndecided(
  base: GenerationBase,
  proves: (opened: OpenedSibling) => Promise<boolean>,
): Promise<OpenedSibling | undefined> {
  let found: OpenedSibling | undefined
  for (const handle of await base.undecided.beside(base.path)) {
    const opened = { handle, identity: await identify(handle) }
    if (!found && (await proves(opened)) && base.claim(claimKeyOf(opened.identity))) found = opened
    else await handle.close()
  }
  return found
}
