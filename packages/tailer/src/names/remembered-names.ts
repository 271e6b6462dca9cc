import type { Clock } from '@logflow/core'
import type { FileFacts, FileSystem } from '../files/file-system.ts'

/** How coarse the clock of a file system may be: that of the kernel, and one that only knows seconds, every other one. */
const [TICK_MS, COARSE_MS] = [50, 2000]
/** Folders whose names are kept. */
const MAX_FOLDERS = 4

/**
 * Whether a folder, last changed at `mtimeNs`, may change at `nowMs` without getting another time, so that what was listed
 * then does not count for later.
 */
export function mayChangeUnseen(mtimeNs: bigint, nowMs: number): boolean {
  const coarseMs = mtimeNs % 1_000_000_000n === 0n ? COARSE_MS : TICK_MS
  return nowMs - Number(mtimeNs / 1_000_000n) < coarseMs
}

/** Whether two looks at a folder saw the same one, with the same names. */
export function isSameFolder(a: FileFacts | undefined, b: FileFacts | undefined): boolean {
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino && a.mtimeNs === b.mtimeNs
}

interface NamedFolder {
  readonly facts: FileFacts
  /** Sorted. */
  readonly names: readonly string[]
}

/**
 * The same files, and the names of a few folders as they were listed, for as long as these did not change: thousands of
 * files of one folder that each ask what lies beside them do not list it each.
 */
export function withRememberedNames(files: FileSystem, clock: Clock): FileSystem {
  const folders = new Map<string, NamedFolder>()
  const namesIn = async (directory: string): Promise<readonly string[]> => {
    const facts = await files.stat(directory).catch(() => undefined)
    const known = folders.get(directory)
    folders.delete(directory)
    if (known && isSameFolder(known.facts, facts)) {
      folders.set(directory, known)
      return known.names
    }
    // As of before it is listed: what changes meanwhile is seen by the next one who asks.
    const settled = facts && !mayChangeUnseen(facts.mtimeNs, clock.now())
    const names = (await files.readdir(directory)).sort()
    if (settled) folders.set(directory, { facts, names })
    if (folders.size > MAX_FOLDERS) folders.delete(folders.keys().next().value as string)
    return names
  }
  return {
    open: path => files.open(path),
    stat: path => files.stat(path),
    lstat: path => files.lstat(path),
    glance: path => files.glance(path),
    statNow: files.statNow?.bind(files),
    readdir: path => files.readdir(path),
    namesFrom: async (directory, start) => namesFrom(await namesIn(directory), start),
    readEntries: path => files.readEntries(path),
    realpath: path => files.realpath(path),
    unpack: files.unpack?.bind(files),
    watch: (path, heard, failed) => files.watch(path, heard, failed),
  }
}

/** Those of sorted names that begin with `start`. */
function namesFrom(names: readonly string[], start: string): string[] {
  let [low, high] = [0, names.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((names[middle] as string) < start) low = middle + 1
    else high = middle
  }
  let end = low
  while (names[end]?.startsWith(start)) end++
  return names.slice(low, end)
}
