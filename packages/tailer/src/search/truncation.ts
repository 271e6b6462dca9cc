import { Generation } from '../generation/generation.ts'
import { HEAD_BYTES, identifyBy, identityOf, type FileIdentity } from '../identity/identity.ts'
import type { PathOpener } from '../follow/path-opener.ts'
import { findCopy, type FoundCopy } from './found-copy.ts'
import { giveBack } from './missed.ts'

/** What is to be read once a file was found to be cut. */
export interface AfterTruncation {
  /** The rest of what was there, under the source that it had; a copy was made before the cut. */
  readonly copy: Generation | undefined
  /** Whether the copy was read already, as a generation that had been missed: then nothing is lost. */
  readonly delivered: boolean
  /** Generations that were copied away between. */
  readonly missed: readonly Generation[]
  /** What the file holds now, a new source. */
  readonly next: Generation
}

/** Looks at a file that was cut, and for its copy. `undefined` while names move, among which
 * that may be, or the folder is away. */
export async function afterTruncation(
  head: Generation,
  opener: PathOpener,
  held: readonly Generation[],
): Promise<AfterTruncation | undefined> {
  const { identity, size } = await identifyNext(head)
  const source = opener.base.names.another(identity)
  const init = { ...opener.base, handle: head.handle, source, identity, offset: 0, mayHaveHole: true }
  const next = await Generation.open(init)
  const found = await findCopy(head, opener.base, { copy: true, doubted: opener.doubted })
  if (found.kind === 'away' || opener.copyPatience.waits(found.kind === 'moving')) return undefined
  opener.remember(head)
  const missed = await findOthers([...held.filter(generation => generation !== head), next], opener, found)
  // Of one that was cut before its first byte was seen, the copy can only be the youngest that nobody knows.
  const unseen = found.kind !== 'copy' && found.kind !== 'delivered' && head.head.length === 0
  const own = unseen ? missed.at(-1) : undefined
  const copy = found.kind === 'copy' ? found.generation : own && (await asCopyOf(head, own, opener))
  // What was copied and cut more than once may have had the size in between.
  const sure = (found.kind === 'none' || found.kind === 'copy') && !own && missed.length === 0 && !opener.unread
  if (sure) head.settleSize(size)
  if (copy) {
    copy.announced = head.announced
    copy.know(head.knownSize)
  }
  const delivered = found.kind === 'delivered' || head.perhapsCopied
  return { copy, delivered, missed: missed.filter(other => other !== own), next }
}

/** Generations that were missed. If they cannot be searched for now, the copy is as if it had not been found either. */
async function findOthers(
  held: readonly Generation[],
  opener: PathOpener,
  found: FoundCopy,
): Promise<readonly Generation[]> {
  try {
    return await opener.findMissed(held)
  } catch (error) {
    if (found.kind === 'copy') await giveBack([found.generation], opener.base)
    throw error
  }
}

/**
 * What the file holds now, and how much at least: what was found when its old content was missed. What it holds by now
 * may be the content after that one; its reader will see that, and tell what was lost between.
 */
async function identifyNext(head: Generation): Promise<{ readonly identity: FileIdentity; readonly size: number }> {
  const { handle, successor } = head
  const stat = await handle.stat({ bigint: true })
  const size = Number(stat.size)
  if (successor?.position !== 0) {
    const identity = await identifyBy(handle, stat)
    // Where the copy is awaited this may be cut before it is asked for again.
    head.successor = { position: 0, bytes: identity.head, ended: identity.head.length < HEAD_BYTES }
    return { identity, size }
  }
  const { bytes, ended } = successor
  return { identity: identityOf(stat, bytes, bytes.length), size: ended ? bytes.length : Math.max(size, bytes.length) }
}

/**
 * Where to go on with a file that was deleted while its handle was closed: in the copy of it, as copytruncate makes one
 * before the file is cut and deleted. `undefined` when there is none, or only one that was read already; `moving` while
 * names move, among which it may be, or the folder is away.
 */
export async function afterDeletion(
  head: Generation,
  { base, doubted, copyPatience }: PathOpener,
): Promise<Generation | 'moving' | undefined> {
  const found = await findCopy(head, base, { copy: true, doubted })
  if (found.kind === 'away' || copyPatience.waits(found.kind === 'moving')) return 'moving'
  if (found.kind !== 'copy') return undefined
  found.generation.announced = head.announced
  found.generation.know(head.knownSize)
  return found.generation
}

function asCopyOf({ source }: Generation, { handle, identity }: Generation, opener: PathOpener): Promise<Generation> {
  return Generation.open({ ...opener.base, handle, identity, source, offset: 0, copy: true })
}
