import type { Copied } from './copies.ts'
import { claimKeyOf, type FileIdentity } from './identity.ts'

/** What one path, or all of them, have had of the files that are there. */
export interface TakenFiles {
  /** Copies and missed generations that were opened: a copy is delivered once, whoever asks for it. */
  readonly opened: Set<string>
  readonly parts: Parts
}

/**
 * Claimed files that hold what was read, or a part of it: copies, or as yet only the beginnings of copies of something else,
 * or of other files that begin alike. One that has grown is asked about again, by whoever sees it.
 */
export interface Parts {
  /** Its size when it was asked about; `undefined` when it is none. */
  readonly sizeOfPart: (key: string) => number | undefined
  /** A claimed file, of this size, is such a copy, or, `undefined`, is not. */
  readonly notePart: (key: string, size: number | undefined) => void
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
  parts.notePart(claimKeyOf(identity), size)
}

/** Writes down whether a claimed file is a copy, or a part, of what was read. What is packed does not grow any more. */
export function notePart({ identity }: Identified, part: boolean, { parts }: Pick<TakenFiles, 'parts'>): void {
  parts.notePart(claimKeyOf(identity), part && !identity.packed ? identity.size : undefined)
}

/** Whether a part of what was read is another size than when it was asked about. */
export function hasGrown(
  sibling: Pick<FileIdentity, 'inodeKey' | 'birthNs' | 'size'>,
  { parts }: Pick<TakenFiles, 'parts'>,
): boolean {
  const size = parts.sizeOfPart(claimKeyOf(sibling))
  return size !== undefined && size !== sibling.size
}

/** Whether some path has a file as it is now: nobody need ask what it is. */
export function isTakenAsIs(
  file: Pick<FileIdentity, 'inodeKey' | 'birthNs' | 'size'>,
  base: Pick<TakenFiles, 'parts'> & { readonly isTaken: (key: string) => boolean },
): boolean {
  return base.isTaken(claimKeyOf(file)) && !hasGrown(file, base)
}

/** Whether a file holds a part of what was read. One that did when it was asked about before needs no certainty now. */
export function isPart(
  copied: Copied | 'changed',
  { identity }: Identified,
  { parts }: Pick<TakenFiles, 'parts'>,
): boolean {
  return copied === 'part' || (copied === 'unsure' && parts.sizeOfPart(claimKeyOf(identity)) !== undefined)
}
