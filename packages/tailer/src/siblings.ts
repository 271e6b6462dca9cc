import type { ResumeToken } from '@logflow/core'
import type { Reopen } from './drowsy-handle.ts'
import type { ReadBuffer } from './file-reader.ts'
import { compareWith, compareWithReleased, type Copied, type KnownContent } from './copies.ts'
import type { ReadHandle } from './file-system.ts'
import { Generation } from './generation.ts'
import {
  claimKeyOf,
  HEAD_BYTES,
  holdsContentOf,
  identify,
  inodeKeyOf,
  isSameFile,
  mayBeginAs,
  parseClaimKey,
  parseIdentity,
  type FileIdentity,
} from './identity.ts'
import type { HomeFolder } from './home-folder.ts'
import { beginAlike, mayBeginAlike, type KnownHead } from './known-head.ts'
import type { LeftOut } from './left-out.ts'
import type { Cutting } from './line-cutter.ts'
import { byAge, isStill, listSiblings, MAX_PASSES, type SearchedPlace, type Sibling } from './listing.ts'
import type { PackedSiblings } from './packed-siblings.ts'
import { openContent, type MayBe, type SiblingContent } from './sibling-content.ts'
import type { SourceNames } from './source-names.ts'
import { hasGrown, isPart, notePart, rememberOpened, type TakenFiles } from './taken-files.ts'
import type { UndecidedFiles } from './undecided-files.ts'

/** What is needed to open generations of one path. */
export interface GenerationBase extends SearchedPlace, TakenFiles {
  readonly host: string
  readonly home: HomeFolder
  readonly names: SourceNames
  readonly buffer: ReadBuffer
  readonly cutting: Cutting
  readonly packed: PackedSiblings
  /** Makes a file this path's own; false when another path has it. */
  readonly claim: (key: string) => boolean
  /** Whether any path, this one too, has had it. */
  readonly isTaken: (key: string) => boolean
  /** Gives a claim up. */
  readonly release: (key: string) => void
  /** Opens a file of this path again, see {@link Reopen}. */
  readonly reopen: Reopen
  /** What the paths of this follow have open and do not know yet. */
  readonly undecided: UndecidedFiles
}

/** A sibling that was opened. */
export interface OpenedSibling {
  readonly handle: ReadHandle
  readonly identity: FileIdentity
}

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
  let settled = true
  for (const sibling of await listSiblings(base)) {
    if (!mayBeMissed(sibling, range, base)) continue
    if (range.prove && !(await range.prove())) return 'changed'
    const content = await contentOf(sibling, { ...range, found: [...(range.found ?? []), ...found] }, base)
    if (content.kind === 'gone') settled &&= await isStill(sibling, base)
    if (content.kind !== 'open') continue
    const { opened } = content
    const same = claimKeyOf(opened.identity) === claimKeyOf(sibling)
    const generation = same ? await takeMissed(opened, range, base) : undefined
    if (generation) found.push(generation)
    else await opened.handle.close()
    settled &&= same && !generation
  }
  return settled ? 'still' : 'moving'
}

/** Whether it came in the range, nobody has had it as it is now, and it holds something. */
function mayBeMissed(sibling: Sibling, { isNew, leftOut }: MissedRange, base: GenerationBase): boolean {
  if (!isNew(sibling) || (base.isTaken(claimKeyOf(sibling)) && !hasGrown(sibling, base))) return false
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
  if (isUnread(base.packed.headOf(sibling))) return { kind: 'other' }
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
  opened: OpenedSibling,
  range: MissedRange,
  base: GenerationBase,
): Promise<Generation | undefined> {
  const { handle, identity } = opened
  // Only what begins alike needs to be asked what it holds now.
  const held = range.held.filter(({ head }) => !identity.packed || mayBegin(head, identity.head))
  const copied = await copiedBy(opened, { ...range, held }, base)
  if (copied === 'unread') range.leftOut?.noteUnread()
  // A copy is claimed too, so that it is not asked about again when there is nothing left to compare it with.
  if (copied === 'unread' || !base.claim(claimKeyOf(identity))) return undefined
  notePart(opened, copied === 'part', base)
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
    const sibling = (await listSiblings(base)).find(other => isSameFile(other, wanted))
    const content = sibling && (await openContent(sibling.path, base.fileSystem, async () => true))
    const opened = content?.kind === 'open' ? content.opened : undefined
    if (opened && isSameFile(opened.identity, wanted)) return opened
    await opened?.handle.close()
    if (!sibling || (!opened && (await isStill(sibling, base)))) break
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
    const siblings = await listSiblings(base)
    let settled = true
    siblings.reverse()
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
 * beginning of something that was let go: it may become a copy of something else.
 */
export async function claimCopy(
  opened: OpenedSibling,
  { held, released = [], writtenMs }: CopiedRange,
  base: Pick<GenerationBase, 'claim' | 'parts'>,
): Promise<CopyVerdict> {
  const { identity } = opened
  const claimed = (copied: Copied): CopyVerdict => {
    if (!base.claim(claimKeyOf(identity))) return 'no'
    notePart(opened, copied !== 'rest', base)
    return 'yes'
  }
  // Whether an empty file is one will be seen when it has content.
  if (identity.size === 0) return held.length > 0 ? 'yes' : 'no'
  for (const generation of held) {
    const copied = await compareWith(generation, opened)
    if (copied === 'changed') return 'later'
    if (copied === 'rest' || isPart(copied, opened, base)) return generation.offset === 0 ? 'later' : claimed(copied)
  }
  for (const known of released) {
    const copied = await compareWithReleased(known, opened)
    if (copied === 'rest') return claimed(copied)
    if (isPart(copied, opened, base))
      return Number(identity.mtimeNs / 1_000_000n) >= writtenMs ? 'later' : claimed(copied)
  }
  return 'no'
}
