import { open, readdir, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DETECT_BYTES, detectCompression } from '@logflow/compress'
import type { ResumeToken } from '@logflow/core'
import { provesResumeToken } from '@logflow/tailer'

/** Files beside it that may be the one that was renamed, at most. */
const MAX_SIBLINGS = 200

/**
 * Where the file is that a client had begun to read: where it was, or beside it under the longer name that a rotation
 * gave it. `undefined` when it is not there, or holds something else by now.
 */
export async function findResumed(path: string, token: ResumeToken): Promise<string | undefined> {
  const proven = { ...token, sourceId: token.sourceId.replace(/~r\d+$/, '') }
  if (await isSame(path, proven)) return path
  const names = await readdir(dirname(path)).catch(() => [])
  const siblings = names.filter(name => name.startsWith(basename(path)) && name !== basename(path))
  for (const name of siblings.slice(0, MAX_SIBLINGS)) {
    const sibling = join(dirname(path), name)
    if (await isSame(sibling, proven)) return sibling
  }
  return undefined
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
    return await provesResumeToken(handle, packed ? { ...token, offset: 0, tailHash: '' } : token)
  } catch {
    return false // a folder, or unreadable
  } finally {
    await handle.close()
  }
}
