import type { Generation } from '../generation/generation.ts'
import { hasTailOf, readAt, TAIL_BYTES, type FileIdentity } from './identity.ts'
import { beginAlike, mayBeginAlike, type KnownHead } from './known-head.ts'
import type { ReadHandle } from '../files/file-system.ts'

/** A file as it was opened. */
export interface OpenedCopy {
  readonly handle: ReadHandle
  readonly identity: FileIdentity
}

/** How far a content was read, when its generation is not open any more. */
export interface KnownContent {
  /** Its first bytes, as far as they were seen. */
  readonly head: KnownHead
  readonly offset: number
  /** See `formatTailHash`. */
  readonly tailHash: string
  /** Whether it ended there: what is longer is no copy of it. */
  readonly whole?: boolean
}

/** What is known of a generation now. */
export function knownOf({ head, offset, token: { tailHash } }: Generation): KnownContent {
  return { head, offset, tailHash }
}

/**
 * What another file is to a content, as far as that is known: `rest` goes on where reading has come to, or where
 * nothing was read yet begins as it does; `part` holds nothing but what was read; `unsure` may be a part, as far as the
 * head is still known; `none` is another content.
 */
export type Copied = 'rest' | 'part' | 'unsure' | 'none'

/**
 * Compares a file with what was read, and seen, of a generation. Asks the generation's own file only for what nobody
 * has read of it yet; `changed` when that was cut, so that the file may copy what it holds now.
 */
export async function compareWith(generation: Generation, opened: OpenedCopy): Promise<Copied | 'changed'> {
  // Only its own bytes can tell whether it begins with something that short.
  if (generation.headIsProof && opened.identity.head.length < generation.head.length) generation.stir()
  const holds = await generation.learnHead()
  const copied = await compareWithKnown(knownOf(generation), opened)
  if (copied === 'rest' && holds && !(await goesOnAlike(generation, opened))) return 'none'
  return (copied === 'none' || copied === 'unsure') && !holds ? 'changed' : copied
}

/**
 * Whether a file that goes on where reading has come to may do so as the generation's own file does. It does not where that
 * is as it was, and shorter, or another: then it only began alike.
 */
async function goesOnAlike(generation: Generation, { handle, identity }: OpenedCopy): Promise<boolean> {
  const { offset, asleep, gone } = generation
  // A file system that tells no births may lie on another machine, and tell of growth later.
  if (offset === 0 || identity.size <= offset || identity.birthNs === 0n || identity.packed || asleep || gone)
    return true
  const from = Math.max(offset, identity.size - TAIL_BYTES)
  const end = await readAt(handle, from, identity.size - from)
  const own = await readAt(generation.handle, from, end.length)
  return Buffer.compare(own, end) === 0 || !(await generation.holds())
}

/**
 * As {@link compareWithKnown}, with what nobody reads any more. A file that ends within the head may be the beginning of
 * another content, which begins alike: it is no more than a part.
 */
export async function compareWithReleased(known: KnownContent, opened: OpenedCopy): Promise<Copied> {
  if (known.whole && opened.identity.size > known.offset) return 'none'
  const copied = await compareWithKnown(known, opened)
  return copied === 'rest' && opened.identity.size < known.head.length ? 'part' : copied
}

/** Compares a file with what was read, and seen, of a content. */
export async function compareWithKnown(
  { head, offset, tailHash }: KnownContent,
  { handle, identity }: OpenedCopy,
): Promise<Copied> {
  if (!beginAlike(head, identity.head)) return mayBeginAlike(head, identity.head) ? 'unsure' : 'none'
  if (offset === 0) return 'rest'
  // As long as one that is equal in the first kilobyte and no longer than what was read is, it is a part of it.
  if (identity.size < offset) return 'part'
  return (await hasTailOf(handle, offset, tailHash)) ? 'rest' : 'none'
}
