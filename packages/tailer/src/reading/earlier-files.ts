import { read } from 'node:fs'
import type { ResumeToken } from '@logflow/core'
import { answered } from '../files/answered.ts'
import type { DescriptorHandle } from '../files/descriptor-handle.ts'
import { EarlierSibling } from './earlier-sibling.ts'
import {
  formatTailHash,
  identifyBy,
  parseIdentity,
  provesResumeToken,
  TAIL_BYTES,
  type FileIdentity,
} from '../identity/identity.ts'

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
  const bytesRead = await answered<number>(answer => read(fd, tail, 0, tail.length, offset - tail.length, answer))
  return { sourceId, offset, tailHash: bytesRead === tail.length ? formatTailHash(tail) : '' }
}

/**
 * From the file that `token` speaks of on, oldest first, every file that had `path` before the open one that has it now;
 * none when that is the one. Packed ones are unpacked. `undefined` when it is not there any more, or one of those that lie
 * between cannot be unpacked.
 */
export async function earlierFiles(
  path: string,
  token: ResumeToken,
  current: DescriptorHandle,
): Promise<readonly EarlierFile[] | undefined> {
  if (await provesResumeToken(current, token)) return []
  const now = await identifyBy(current, await current.stat({ bigint: true }))
  const siblings = await EarlierSibling.openAll(path)
  let files: readonly OpenEarlier[] = []
  try {
    files = await filesFrom(siblings, token, now)
  } finally {
    const kept = new Set(files.map(({ sibling }) => sibling))
    await Promise.all(siblings.filter(other => !kept.has(other)).map(other => other.close()))
  }
  return files.length === 0 ? undefined : files.map(({ file }) => file)
}

interface OpenEarlier {
  readonly sibling: EarlierSibling
  readonly file: EarlierFile
}

/** Nothing when one of them cannot be had. */
async function filesFrom(
  siblings: readonly EarlierSibling[],
  token: ResumeToken,
  now: FileIdentity,
): Promise<readonly OpenEarlier[]> {
  const wanted = await wantedOf(siblings, token, now)
  const files: OpenEarlier[] = []
  for (const sibling of wanted) {
    const content = await sibling.content()
    if (!content) return []
    const sourceId = files.length === 0 ? token.sourceId : sibling.identity.id
    const file = { fd: content.handle.fd, sourceId, size: content.size, close: () => sibling.close() }
    files.push({ sibling, file })
  }
  return files
}

/** The sibling that holds what the reader had, and those between it and the current file. */
async function wantedOf(
  siblings: readonly EarlierSibling[],
  token: ResumeToken,
  now: FileIdentity,
): Promise<readonly EarlierSibling[]> {
  const found = await indexOfToken(siblings, token)
  if (found === -1) return []
  const known = parseIdentity(token.sourceId)
  const cut = known?.inodeKey === now.inodeKey && known.birthNs === now.birthNs
  // After a rename the files between are older than the current one; after copytruncate they are all younger copies. What
  // was packed is of any age.
  return siblings.filter(
    ({ identity, packed }, at) =>
      at === found ||
      (at > found && identity.inodeKey !== now.inodeKey && (cut || packed || identity.birthNs <= now.birthNs)),
  )
}

/** The file itself, else the youngest copy of what the reader had. */
async function indexOfToken(siblings: readonly EarlierSibling[], token: ResumeToken): Promise<number> {
  for (const [at, sibling] of siblings.entries()) if (await sibling.isOf(token)) return at
  for (let at = siblings.length - 1; at >= 0; at--) if (await siblings[at]?.holds(token)) return at
  return -1
}
