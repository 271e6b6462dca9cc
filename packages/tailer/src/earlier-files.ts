import { read } from 'node:fs'
import { promisify } from 'node:util'
import { DETECT_BYTES, detectCompression } from '@logflow/compress'
import type { ResumeToken } from '@logflow/core'
import type { DescriptorHandle } from './descriptor-handle.ts'
import { nodeFileSystem } from './node-file-system.ts'
import {
  formatTailHash,
  hasHeadOf,
  holdsContentOf,
  identifyBy,
  inodeKeyOf,
  parseIdentity,
  provesResumeToken,
  readAt,
  TAIL_BYTES,
  type FileIdentity,
} from './identity.ts'
import { openIfThere } from './open-file.ts'
import { listSiblings } from './siblings.ts'

/** A file that had a path before the one that has it now, open for reading. */
export interface EarlierFile {
  readonly fd: number
  /** The `id` of the source to know it by: that of the token for the file that it speaks of. */
  readonly sourceId: string
  readonly size: number
  close(): Promise<void>
}

/** Where a reader goes on who has everything before `offset` of the open file `fd`, which is known as `sourceId`. */
export async function tokenOfOpenFile({
  fd,
  sourceId,
  offset,
}: {
  readonly fd: number
  readonly sourceId: string
  readonly offset: number
}): Promise<ResumeToken> {
  const tail = new Uint8Array(Math.min(TAIL_BYTES, offset))
  const { bytesRead } = await promisify(read)(fd, tail, 0, tail.length, offset - tail.length)
  return { sourceId, offset, tailHash: bytesRead === tail.length ? formatTailHash(tail) : '' }
}

/**
 * From the file that `token` speaks of on, oldest first, every file that had `path` before the open one that has it now;
 * none when that is the one. `undefined` when it is not there any more, or something compressed lies between.
 */
export async function earlierFiles(
  path: string,
  token: ResumeToken,
  current: DescriptorHandle,
): Promise<readonly EarlierFile[] | undefined> {
  if (await provesResumeToken(current, token)) return []
  const now = await identifyBy(current, await current.stat({ bigint: true }))
  const siblings = await openSiblings(path)
  const known = parseIdentity(token.sourceId)
  const found = await indexOfToken(siblings, token)
  const cut = known?.inodeKey === now.inodeKey && known.birthNs === now.birthNs
  // After a rename the files between are older than the current one; after copytruncate they are all younger copies.
  const isBetween = (file: OpenSibling, at: number): boolean =>
    at === found ||
    (at > found && file.identity.inodeKey !== now.inodeKey && (cut || file.identity.birthNs <= now.birthNs))
  const wanted = found === -1 ? [] : siblings.filter(isBetween)
  const complete = wanted.length > 0 && !(await anyCompressed(wanted))
  await Promise.all(siblings.filter(file => !complete || !wanted.includes(file)).map(({ handle }) => handle.close()))
  if (!complete) return undefined
  return wanted.map(({ handle, identity }, at) => ({
    fd: handle.fd,
    sourceId: at === 0 ? token.sourceId : identity.id,
    size: identity.size,
    close: () => handle.close(),
  }))
}

interface OpenSibling {
  readonly handle: DescriptorHandle
  readonly identity: FileIdentity
}

async function openSiblings(path: string): Promise<OpenSibling[]> {
  const opened: OpenSibling[] = []
  for (const sibling of await listSiblings({ path, fileSystem: nodeFileSystem })) {
    const file = await openIfThere(sibling.path, nodeFileSystem).catch(() => undefined)
    if (!file) continue
    const known = opened.some(({ identity }) => identity.inodeKey === inodeKeyOf(file.stat))
    if (known) await file.handle.close()
    else opened.push({ handle: file.handle, identity: await identifyBy(file.handle, file.stat) })
  }
  return opened
}

/** The file itself, else the youngest copy of what the reader had. */
async function indexOfToken(siblings: readonly OpenSibling[], token: ResumeToken): Promise<number> {
  let copy = -1
  for (const [at, { handle, identity }] of siblings.entries()) {
    if (await provesResumeToken(handle, token)) return at
    // Without any content to compare, every file would do.
    const tells = token.tailHash !== '' || (parseIdentity(token.sourceId)?.headBytes ?? 0) > 0
    if (tells && identity.size >= token.offset && (await hasHeadOf(handle, token.sourceId)))
      if (await holdsContentOf(handle, token)) copy = at
  }
  return copy
}

async function anyCompressed(files: readonly OpenSibling[]): Promise<boolean> {
  for (const { handle } of files) if (detectCompression(await readAt(handle, 0, DETECT_BYTES)) !== 'none') return true
  return false
}
