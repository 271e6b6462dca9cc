import { open, readdir, realpath, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DETECT_BYTES, detectCompression } from '@logflow/compress'
import type { ResumeToken } from '@logflow/core'
import { cleanPath, type ReadCommand, type ResumePoint, type ResumePoints } from '@logflow/protocol'
import { matchesGlob, provesResumeToken } from '@logflow/tailer'

/** Files beside it that may be the one that was renamed, at most. */
const MAX_SIBLINGS = 200

/**
 * Where the file is that a client had begun to read: where it was, or beside it under the longer name that a rotation
 * gave it. `undefined` when it is not there, or holds something else by now.
 */
export async function findResumed(path: string, token: ResumeToken): Promise<string | undefined> {
  const place = await realpath(path).catch(() => path) // rotated, and nothing there yet
  if (await isSame(place, token)) return place
  const names = await readdir(dirname(place)).catch(() => [])
  const siblings = names.filter(name => name.startsWith(basename(place)) && name !== basename(place))
  for (const name of siblings.slice(0, MAX_SIBLINGS)) {
    const sibling = join(dirname(place), name)
    if (await isSame(sibling, token)) return sibling
  }
  return undefined
}

/**
 * The paths that the command of a client that comes back is about: what it has begun to read, although there may be
 * nothing under that path now, then what was `found`. Left out is what a rotation has given another name meanwhile: the
 * client has it, or gets it, under the name it had.
 */
export async function pathsToResume(
  found: readonly string[],
  { mode, path: pattern }: ReadCommand,
  { points, sinceMs }: ResumePoints,
): Promise<readonly string[]> {
  const glob = cleanPath(pattern)
  const begun = points.filter(({ path }) => path === glob || isFoundBy(glob, path))
  const known = new Set(begun.map(({ path }) => path))
  const moved = await movedOf(begun)
  const others: string[] = []
  for (const path of found) {
    if (known.has(path)) continue
    const copied = begun.some(point => path.startsWith(point.path)) && (await bornMs(path)) > sinceMs
    if (!copied && !(await isOneOf(moved, path))) others.push(path)
  }
  const there = new Set(found)
  const asked = begun.filter(({ path, done }) => there.has(path) || (!done && mode !== 'tail'))
  return [...new Set([...asked.map(({ path }) => path), ...others])]
}

/** Those that are not where they were. */
async function movedOf(points: readonly ResumePoint[]): Promise<readonly ResumePoint[]> {
  const moved: ResumePoint[] = []
  for (const point of points) if (!(await isSame(point.path, startOf(point)))) moved.push(point)
  return moved
}

async function isOneOf(points: readonly ResumePoint[], path: string): Promise<boolean> {
  for (const point of points) if (await isSame(path, startOf(point))) return true
  return false
}

/** What tells a file from others, whatever has become of what stood behind its beginning. */
function startOf({ token }: Pick<ResumePoint, 'token'>): ResumeToken {
  return { ...token, offset: 0, tailHash: '' }
}

function isFoundBy(glob: string, path: string): boolean {
  try {
    return matchesGlob(glob, path)
  } catch {
    return false // no pattern, which finds nothing
  }
}

/** 0 when that is not known. */
async function bornMs(path: string): Promise<number> {
  return stat(path).then(
    facts => facts.birthtimeMs,
    () => 0,
  )
}

async function isSame(path: string, token: ResumeToken): Promise<boolean> {
  let handle: FileHandle
  try {
    handle = await open(path)
  } catch {
    return false // gone, or nothing to read
  }
  try {
    const head = Buffer.alloc(DETECT_BYTES)
    const { bytesRead } = await handle.read(head, 0, head.length, 0)
    // The bytes before an offset of a compressed file are not those that the client has; its identity has to do.
    const packed = detectCompression(head.subarray(0, bytesRead)) !== 'none'
    return await provesResumeToken(handle, packed ? startOf({ token }) : token)
  } catch {
    return false // a folder, or unreadable
  } finally {
    await handle.close()
  }
}
