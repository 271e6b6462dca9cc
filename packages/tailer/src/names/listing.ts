import { basename, dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { isMissing } from '../errors.ts'
import type { FileFacts, FileSystem } from '../files/file-system.ts'
import type { HomeFolder } from '../search/home-folder.ts'
import { claimKeyOf, inodeKeyOf } from '../identity/identity.ts'
import { byNumber } from './by-number.ts'
import type { Place } from './place.ts'
import { isRotatedName, startOfRotated } from './rotated-names.ts'

/** A path beside which is searched. */
export interface SearchedPlace extends Place {
  /** Where its files lie, once something of it was opened. */
  readonly home?: HomeFolder
}

/** A file beside the followed one that may have been it, or a copy of it. */
export interface Sibling {
  readonly path: string
  readonly inodeKey: string
  readonly birthNs: bigint
  readonly mtimeNs: bigint
  readonly size: number
}

/** What tells which of two files is older. */
export interface Aged extends Pick<Sibling, 'birthNs' | 'mtimeNs'> {
  /** What counts is packed in it: that is older than the file, which keeps the time of its last write. */
  readonly packed?: boolean
}

/** Names change while they are listed; after so many tries what was found has to do. */
export const MAX_PASSES = 16
/** Files that are asked for at once, before others get their turn: 2 ms. */
const AT_ONCE = 1000

/** What lies beside a path. */
export interface Listing {
  /** Oldest first; of those that tie `.2` before `.1`. */
  readonly siblings: Sibling[]
  /** Whether names were at rest: else some may be missing. */
  readonly settled: boolean
}

/** As {@link listFolder}, where that is not away. @throws FolderAway */
export async function listSiblings(place: SearchedPlace): Promise<Listing> {
  await place.home?.needHere()
  const listing = await listFolder(place)
  await place.home?.needHere()
  return listing
}

/**
 * The regular files beside `path` whose names look rotated. A folder in which files are being renamed can be listed
 * without some of them, so it is listed until it looks the same twice, or for so long that others should have a turn.
 */
export async function listFolder({ path, fileSystem }: Place): Promise<Listing> {
  let siblings = await listOnce(path, fileSystem)
  let settled = false
  for (let pass = 0; !settled && pass < MAX_PASSES; pass++) {
    const again = await listOnce(path, fileSystem)
    settled = again.length === siblings.length && again.every((sibling, i) => isSame(sibling, siblings[i]))
    siblings = again
  }
  return { siblings: siblings.sort((a, b) => byAge(a, b) || byNumber(b.path, a.path)), settled }
}

/**
 * Where the file system answers at once, all are asked in one go: the names of thousands of files would not rest while
 * one after the other has its turn in the event loop.
 */
async function listOnce(path: string, fileSystem: FileSystem): Promise<Sibling[]> {
  const [directory, base] = [dirname(path), basename(path)]
  const found: Sibling[] = []
  const names = await (fileSystem.namesFrom?.(directory, startOfRotated(base)) ?? fileSystem.readdir(directory))
  const paths = names.filter(other => isRotatedName(other, base)).sort()
  for (const [at, name] of paths.entries()) {
    const other = join(directory, name)
    const sibling = fileSystem.statNow ? factsNow(other, fileSystem.statNow) : await factsOf(other, fileSystem)
    if (sibling) found.push(sibling)
    if (at % AT_ONCE === AT_ONCE - 1) await setImmediate()
  }
  return found
}

function isSame(a: Sibling, b: Sibling | undefined): boolean {
  return b !== undefined && a.path === b.path && a.birthNs === b.birthNs && a.inodeKey === b.inodeKey
}

/**
 * Oldest first. Births tie, since file systems stamp with the kernel's tick (4 ms); then the last write tells. What is
 * packed was last written before the next one was born.
 */
export function byAge(a: Aged, b: Aged): number {
  const [left, right] = [beganNs(a), beganNs(b)]
  if (left !== right) return left < right ? -1 : 1
  if (a.packed !== b.packed) return a.packed ? -1 : 1
  return a.mtimeNs === b.mtimeNs ? 0 : a.mtimeNs < b.mtimeNs ? -1 : 1
}

/** Whether one belongs before another that is being read, whose last write is not known. */
export function isOlder(a: Aged, b: Aged): boolean {
  const [left, right] = [beganNs(a), beganNs(b)]
  return left < right || (left === right && a.packed === true && !b.packed)
}

/** When something was begun at the earliest, as far as its file tells. */
export function beganNs({ birthNs, mtimeNs, packed }: Aged): bigint {
  return packed ? mtimeNs : birthNs
}

/** Whether the path still names what it named: then it was left out for what it is. */
export async function isStill(sibling: Sibling, { fileSystem }: Pick<Place, 'fileSystem'>): Promise<boolean> {
  const now = await factsOf(sibling.path, fileSystem)
  return now !== undefined && claimKeyOf(now) === claimKeyOf(sibling)
}

async function factsOf(path: string, fileSystem: FileSystem): Promise<Sibling | undefined> {
  try {
    return siblingOf(path, await fileSystem.stat(path))
  } catch (error) {
    return undefinedIfMissing(error)
  }
}

function factsNow(path: string, statNow: (path: string) => FileFacts | undefined): Sibling | undefined {
  try {
    const facts = statNow(path)
    return facts && siblingOf(path, facts)
  } catch (error) {
    return undefinedIfMissing(error)
  }
}

/** It moved on meanwhile. */
function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error
}

function siblingOf(path: string, facts: FileFacts): Sibling | undefined {
  if (!facts.isFile()) return undefined
  const { birthtimeNs: birthNs, mtimeNs } = facts
  return { path, inodeKey: inodeKeyOf(facts), birthNs, mtimeNs, size: Number(facts.size) }
}
