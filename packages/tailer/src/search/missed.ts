import { compareWith, compareWithReleased, type Copied, type KnownContent } from '../identity/copies.ts'
import type { GenerationBase, OpenedSibling } from '../generation/generation-base.ts'
import { Generation } from '../generation/generation.ts'
import { claimKeyOf, holdsContentOf, inodeKeyOf, mayBeginAs } from '../identity/identity.ts'
import { beginAlike, type KnownHead, mayBeginAlike } from '../identity/known-head.ts'
import type { LeftOut } from './left-out.ts'
import { byAge, isStill, listSiblings, MAX_PASSES, type Sibling } from '../names/listing.ts'
import { openContent, type SiblingContent } from './sibling-content.ts'
import { isPart, isTakenAsIs, notePart, rememberOpened, type TakenFiles } from '../identity/taken-files.ts'
import type { ResumeToken } from '@logflow/core'

/** What {@link findMissed} looks for. */
export interface MissedRange {
  /** Whether a file came after those that are known: what is older was there before us. */
  readonly isNew: (sibling: Sibling) => boolean
  /** What is packed in a file and was last written before this, ns since 1970, was there before us. */
  readonly packedNs?: bigint
  /** Generations that are open: whole and partial copies of them hold nothing new. */
  readonly held: readonly Generation[]
  /** Whether these still are what they were; asked before anything is opened that may be a copy of them. */
  readonly prove?: () => Promise<boolean>
  /** What was read of those that are not open any more: nor do copies of these. */
  readonly released?: readonly KnownContent[]
  /** As `released`, as a checkpoint has it: whole copies are known. */
  readonly tokens?: readonly ResumeToken[] | undefined
  /** Those that were found, and are not yet open to be read: what is packed of them is left for later. */
  readonly found?: readonly Generation[]
  /** Told of what is left for later, and settled when the search is through. */
  readonly leftOut?: LeftOut
}

/**
 * Generations that came and went before anybody looked: rotated siblings born in the range that nobody has had. Passes go on until one finds nothing new, and nothing
 * that moved under it.
 */
export async function findMissed(range: MissedRange, base: GenerationBase): Promise<Generation[]> {
  const found: Generation[] = []
  try {
    let seen: Seen = 'moving'
    for (let pass = 0; seen === 'moving' && pass < MAX_PASSES; pass++) seen = await findOnce(range, base, found)
    if (seen === 'changed') range.leftOut?.postpone()
    else range.leftOut?.settle(seen === 'moving')
    return found
  } catch (error) {
    await giveBack(found, base)
    throw error
  }
}

/** In the order of their birth, or of their last write where births are not told. */
export function inOrderOfBirth(generations: readonly Generation[]): Generation[] {
  return [...generations].sort((a, b) => byAge(a.identity, b.identity))
}

/** As if they had not been found. */
export async function giveBack(found: readonly Generation[], base: GenerationBase): Promise<void> {
  for (const generation of found) {
    base.release(claimKeyOf(generation.identity))
    base.opened.delete(claimKeyOf(generation.identity))
    await generation.close()
  }
}

/** What one pass saw: a folder in motion, or something new in it; one at rest; that what is held is not what it was. */
type Seen = 'moving' | 'still' | 'changed'

async function findOnce(range: MissedRange, base: GenerationBase, found: Generation[]): Promise<Seen> {
  const listing = await listSiblings(base)
  let { settled } = listing
  for (const sibling of listing.siblings) {
    if (!mayBeMissed(sibling, range, base)) continue
    if (range.prove && !(await range.prove())) return 'changed'
    const content = await contentOf(sibling, { ...range, found: [...(range.found ?? []), ...found] }, base)
    if (content.kind === 'gone') settled &&= await isStill(sibling, base)
    if (content.kind !== 'open') continue
    const { opened } = content
    const same = claimKeyOf(opened.identity) === claimKeyOf(sibling)
    let generation: Generation | undefined
    try {
      if (same) generation = await takeMissed(sibling, opened, range, base)
      if (generation) found.push(generation)
    } finally {
      if (!generation) await opened.handle.close()
    }
    settled &&= same && !generation
  }
  return settled ? 'still' : 'moving'
}

/** Whether it came in the range, nobody has had it as it is now, and it holds something. */
function mayBeMissed(sibling: Sibling, { isNew, leftOut }: MissedRange, base: GenerationBase): boolean {
  if (!isNew(sibling) || isTakenAsIs(sibling, base)) return false
  if (sibling.size === 0) leftOut?.noteEmpty(sibling)
  return sibling.size > 0
}

/**
 * What a sibling holds. One that is packed is not unpacked when that was there before us, or may yet be read elsewhere;
 * one that cannot be unpacked is awaited for a while.
 */
async function contentOf(sibling: Sibling, range: MissedRange, base: GenerationBase): Promise<SiblingContent> {
  const { packedNs = 0n, held, found = [], leftOut } = range
  const unread = [...held, ...found].filter(({ offset }) => offset === 0)
  const isUnread = (begun: Uint8Array | undefined): boolean => {
    const may = begun !== undefined && unread.some(({ head }) => beginAlike(head, begun))
    if (may) leftOut?.noteUnread()
    return may
  }
  if (isUnread(base.packed.headOf(sibling)) || base.packed.isOthers(sibling)) return { kind: 'other' }
  if (base.packed.isUnchanged(sibling) && base.packed.await(sibling)) {
    leftOut?.noteUnread()
    return { kind: 'other' }
  }
  const content = await openContent(sibling.path, base.fileSystem, async ({ stat, head }) => {
    const { mtimeNs, birthtimeNs: birthNs, size } = stat
    const file = { inodeKey: inodeKeyOf(stat), birthNs, mtimeNs, size: Number(size) }
    if (mtimeNs < packedNs) base.claim(claimKeyOf(file))
    if (mtimeNs < packedNs || unread.length === 0) return mtimeNs >= packedNs
    const begun = await head()
    if (!isUnread(begun)) return true
    base.packed.noteHead(file, begun)
    return false
  })
  if (content.kind !== 'unfinished') return content
  const { identity } = content
  if (base.packed.await(identity)) leftOut?.noteUnread()
  else if (base.claim(claimKeyOf(identity)) && !isKnownHead(identity.head, range)) base.packed.giveUp(sibling, identity)
  return content
}

/** Whether something that is known, and was or will be read, begins like this. */
function isKnownHead(head: Uint8Array, { held, found = [], released = [], tokens = [] }: MissedRange): boolean {
  if ([...held, ...found, ...released].some(known => beginAlike(known.head, head))) return true
  return tokens.some(token => token.offset > 0 && mayBeginAs(head, token))
}

/** The generation that a sibling is, unless it is a copy; it is this path's own then. */
async function takeMissed(
  sibling: Sibling,
  opened: OpenedSibling,
  range: MissedRange,
  base: GenerationBase,
): Promise<Generation | undefined> {
  const { handle, identity } = opened
  if (identity.packed && (await base.packed.askOthers(sibling, opened))) return undefined
  // Only what begins alike needs to be asked what it holds now.
  const held = range.held.filter(({ head }) => !identity.packed || mayBegin(head, identity.head))
  const copied = await copiedBy(opened, { ...range, held }, base)
  if (copied === 'unread') range.leftOut?.noteUnread()
  // A copy is claimed too, so that it is not asked about again when there is nothing left to compare it with.
  if (copied === 'unread' || !base.claim(claimKeyOf(identity))) return undefined
  notePart(opened, copied !== 'no', base)
  if (copied !== 'no' || identity.size === 0) return undefined
  const generation = await Generation.open({ ...base, handle, source: base.names.of(identity), identity, offset: 0 })
  rememberOpened(base, identity)
  return generation
}

/** Whether a content that is known to begin with `head`, as far as it was seen, may begin like this. */
function mayBegin(head: KnownHead, begun: Uint8Array): boolean {
  return head.length === 0 || beginAlike(head, begun) || mayBeginAlike(head, begun)
}

/**
 * Whether a file is a copy of what is known; `unread` when nothing of that was read, so that it may yet be needed; `part`
 * when it holds less than was read: a copy that is complete, or one of anything that begins alike that is being made.
 */
export async function copiedBy(
  opened: OpenedSibling,
  range: MissedRange,
  taken: Pick<TakenFiles, 'parts'>,
): Promise<'no' | 'unread' | 'part' | 'yes'> {
  const known = await copiedByKnown(opened, range, taken)
  if (known === 'rest') return 'yes'
  let part = known === 'part'
  for (const generation of range.held) {
    const copied = await compareWith(generation, opened)
    // Where nobody asks again, it is rather read twice than not at all.
    if (copied === 'changed' && range.leftOut) return 'unread'
    if (copied === 'rest') return generation.offset === 0 ? 'unread' : 'yes'
    part ||= isPart(copied, opened, taken)
  }
  return part ? 'part' : 'no'
}

/** Compares a file with what is not open any more. */
async function copiedByKnown(
  opened: OpenedSibling,
  { released = [], tokens = [] }: MissedRange,
  taken: Pick<TakenFiles, 'parts'>,
): Promise<Copied> {
  for (const token of tokens) if (token.offset > 0 && (await holdsContentOf(opened.handle, token))) return 'rest'
  let part = false
  for (const known of released) {
    const copied = await compareWithReleased(known, opened)
    if (copied === 'rest') return 'rest'
    part ||= isPart(copied, opened, taken)
  }
  return part ? 'part' : 'none'
}
