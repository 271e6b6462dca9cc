import type { Copied } from './copies.ts'
import { claimKeyOf, type FileIdentity } from './identity.ts'

/** What one path, or all of them, have had of the files that are there. */
export interface TakenFiles {
  /** Copies and missed generations that were opened: a copy is delivered once, whoever asks for it. */
  readonly opened: Set<string>
  /**
   * Sizes of claimed files that hold a part of what was read: complete copies, or beginnings of copies of something else.
   * One that has grown is asked about again.
   */
  readonly parts: Map<string, number>
}

type Identified = { readonly identity: FileIdentity }

/** Enough for every sibling that a path has at one time. */
const MAX_OPENED = 10_000

/** Its bytes will be delivered: whoever finds it as a copy need not. */
export function rememberOpened({ opened }: Pick<TakenFiles, 'opened'>, identity: FileIdentity): void {
  opened.add(claimKeyOf(identity))
  if (opened.size > MAX_OPENED) opened.delete(opened.values().next().value as string)
}

/** A copy was read up to `size`, and left: what comes later may be a copy of something else. */
export function leaveCopy({ opened, parts }: TakenFiles, identity: FileIdentity, size: number): void {
  opened.delete(claimKeyOf(identity))
  parts.set(claimKeyOf(identity), size)
}

/** Writes down whether a claimed file is a part of what was read. What is packed does not grow any more. */
export function notePart({ identity }: Identified, part: boolean, { parts }: Pick<TakenFiles, 'parts'>): void {
  if (part && !identity.packed) parts.set(claimKeyOf(identity), identity.size)
  else parts.delete(claimKeyOf(identity))
  if (parts.size > MAX_OPENED) parts.delete(parts.keys().next().value as string)
}

/** Whether a part of what was read is another size than when it was asked about. */
export function hasGrown(sibling: Pick<FileIdentity, 'inodeKey' | 'birthNs' | 'size'>, { parts }: TakenFiles): boolean {
  const size = parts.get(claimKeyOf(sibling))
  return size !== undefined && size !== sibling.size
}

/** Whether a file holds a part of what was read. One that did when it was asked about before needs no certainty now. */
export function isPart(
  copied: Copied | 'changed',
  { identity }: Identified,
  { parts }: Pick<TakenFiles, 'parts'>,
): boolean {
  return copied === 'part' || (copied === 'unsure' && parts.has(claimKeyOf(identity)))
}
