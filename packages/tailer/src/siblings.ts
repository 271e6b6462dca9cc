import { readdir, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { DETECT_BYTES, detectCompression } from '@logflow/compress'
import type { ResumeToken } from '@logflow/core'
import { isMissing } from './errors.ts'
import type { ReadBuffer } from './file-reader.ts'
import { Generation } from './generation.ts'
import {
  claimKeyOf,
  hasHeadOf,
  holdsContentOf,
  identify,
  inodeKeyOf,
  parseIdentity,
  readAt,
  type FileIdentity,
} from './identity.ts'
import { openIfThere } from './open-file.ts'

/** What is needed to open generations of one path. */
export interface GenerationBase {
  readonly path: string
  readonly host: string
  readonly buffer: ReadBuffer
  readonly maxLineBytes: number
  /** Makes a file this path's own; false when another path has it. */
  readonly claim: (key: string) => boolean
  /** Whether any path, this one too, has had it. */
  readonly isTaken: (key: string) => boolean
}

/** A file beside the followed one that may have been it, or a copy of it. */
export interface Sibling {
  readonly path: string
  readonly inodeKey: string
  readonly birthNs: bigint
  readonly mtimeNs: bigint
  readonly size: number
}

/** A sibling that was opened. */
export interface OpenedSibling {
  readonly handle: FileHandle
  readonly identity: FileIdentity
}

/**
 * Whether a name looks like an older `base`: `app.log.1`, `app.log-20261120`, `app.log~`, or for `app.log` also
 * `app.1.log` and `app-2026-11-20.log`. Not `app-errors.log`, which is another log.
 */
export function isRotatedName(name: string, base: string): boolean {
  if (name === base) return false
  if (name.startsWith(base)) return /^[.\-_~]/.test(name.slice(base.length))
  const extension = extname(base)
  const stem = base.slice(0, base.length - extension.length)
  if (extension === '' || !name.startsWith(stem) || !name.endsWith(extension)) return false
  return /^[.\-_]\d/.test(name.slice(stem.length, name.length - extension.length))
}

/** The regular files beside `path` whose names look rotated, oldest first. */
export async function listSiblings(path: string): Promise<Sibling[]> {
  const [directory, base] = [dirname(path), basename(path)]
  const found: Sibling[] = []
  for (const name of await readdir(directory)) {
    if (!isRotatedName(name, base)) continue
    const sibling = await factsOf(join(directory, name))
    if (sibling) found.push(sibling)
  }
  return found.sort(byAge)
}

/** Oldest first. Times may tie, since file systems stamp with the kernel's tick (4 ms): then `.2` is older than `.1`. */
function byAge(a: Sibling, b: Sibling): number {
  if (a.birthNs !== b.birthNs) return a.birthNs < b.birthNs ? -1 : 1
  if (a.mtimeNs !== b.mtimeNs) return a.mtimeNs < b.mtimeNs ? -1 : 1
  return b.path.localeCompare(a.path, 'en', { numeric: true })
}

/**
 * Generations that were born after `previous` and before the file that the path names now, and were rotated away
 * before anybody looked. Only where the file system tells births.
 */
export async function findMissed(previous: Born, named: Born, base: GenerationBase): Promise<Generation[]> {
  if (previous.birthNs === 0n || named.birthNs === 0n) return []
  const found: Generation[] = []
  for (const sibling of await listSiblings(base.path)) {
    const between = sibling.birthNs >= previous.birthNs && sibling.birthNs <= named.birthNs
    if (!between || base.isTaken(claimKeyOf(sibling))) continue
    const opened = await openPlain(sibling)
    if (!opened) continue
    const { handle, identity } = opened
    // A copy of what was read already is as young as a rotated file, but holds nothing new.
    if ((previous.token && (await holdsContentOf(handle, previous.token))) || !base.claim(claimKeyOf(identity))) {
      await handle.close()
      continue
    }
    const source = { host: base.host, path: base.path, id: identity.id }
    found.push(await Generation.open({ ...base, handle, source, identity, offset: 0 }))
  }
  return found
}

/** When something was born (for the first generation: just after, so that nothing older ties with it), and what it held. */
export interface Born {
  readonly birthNs: bigint
  readonly token?: ResumeToken | undefined
}

/**
 * The file that a token speaks of, under another name: the same inode first, else a copy with the same head and the
 * same bytes before the offset. Copies smaller than the offset are not it.
 */
export async function findByToken(token: ResumeToken, base: GenerationBase): Promise<OpenedSibling | undefined> {
  const identity = parseIdentity(token.sourceId)
  // Without any content to compare, every file would do.
  if (!identity || (identity.headBytes === 0 && token.tailHash === '')) return undefined
  const siblings = await listSiblings(base.path)
  const same = siblings.filter(
    ({ inodeKey, birthNs }) => inodeKey === identity.inodeKey && birthNs === identity.birthNs,
  )
  for (const sibling of [...same, ...siblings.filter(other => !same.includes(other)).reverse()]) {
    if (sibling.size < token.offset) continue
    const opened = await openPlain(sibling)
    if (!opened) continue
    if ((await holdsContentOf(opened.handle, token)) && base.claim(claimKeyOf(opened.identity))) return opened
    await opened.handle.close()
  }
  return undefined
}

/** What copytruncate copied away before it truncated `head`, from where delivery stopped; `undefined` when none is there. */
export async function findCopy(head: Generation, base: GenerationBase): Promise<Generation | undefined> {
  const opened = await findByToken(head.token, base)
  if (!opened) return undefined
  const { handle, identity } = opened
  return Generation.open({ ...base, handle, identity, source: head.source, offset: head.deliveredOffset, copy: true })
}

/**
 * Whether the file at `path` copies one of `held`, by head and by the bytes before its offset; then it is claimed. A
 * file with the same head that has not reached the offset yet is taken for a copy under way, and not claimed.
 */
export async function claimCopy(
  path: string,
  held: readonly Generation[],
  claim: (key: string) => boolean,
): Promise<boolean> {
  const opened = await openPlain({ path })
  if (!opened) return false
  const { handle, identity } = opened
  try {
    for (const generation of held) {
      const { token } = generation
      const proof = parseIdentity(token.sourceId)
      if (!proof || proof.headBytes === 0 || token.offset === 0) continue
      if (await holdsContentOf(handle, token)) return claim(claimKeyOf(identity))
      if (identity.size < token.offset && (await hasHeadOf(handle, token.sourceId))) return true
    }
    return false
  } finally {
    await handle.close()
  }
}

/** Opens a sibling unless it is compressed: those bytes are no lines. */
async function openPlain({ path }: Pick<Sibling, 'path'>): Promise<OpenedSibling | undefined> {
  const handle = await openIfThere(path).catch(() => undefined) // what cannot be opened cannot be it
  if (!handle) return undefined
  try {
    if (detectCompression(await readAt(handle, 0, DETECT_BYTES)) === 'none') {
      return { handle, identity: await identify(handle) }
    }
  } catch (error) {
    await handle.close()
    throw error
  }
  await handle.close()
  return undefined
}

async function factsOf(path: string): Promise<Sibling | undefined> {
  try {
    const facts = await stat(path, { bigint: true })
    if (!facts.isFile()) return undefined
    const { birthtimeNs: birthNs, mtimeNs } = facts
    return { path, inodeKey: inodeKeyOf(facts), birthNs, mtimeNs, size: Number(facts.size) }
  } catch (error) {
    if (isMissing(error)) return undefined // moved on meanwhile
    throw error
  }
}
