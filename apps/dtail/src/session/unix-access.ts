import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { grants, listOfMode, parseAccessList } from './access-list.ts'
import type { Account } from './account.ts'

const READ = 4
const SEARCH = 1

/** Reads the attribute of a path that holds its access control list; `undefined` where the mode says all. */
export type AclReader = (path: string) => Uint8Array | undefined

/**
 * Whether a shell of `account` could read the file: search every folder above it and read the file itself, by the mode
 * of each, or its access control list where `readAcl` finds one, with supplementary groups. `path` is absolute and holds
 * no links. Rejects when something on the way is gone, or cannot be judged.
 */
export async function mayRead(path: string, account: Account, readAcl?: AclReader): Promise<boolean> {
  // What this process may not do as itself, the operating system refuses when the file is opened.
  if (account.uid === 0 || account.uid === process.getuid?.()) return true
  if (!(await permits(path, account, { wanted: READ, readAcl }))) return false
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!(await permits(folder, account, { wanted: SEARCH, readAcl }))) return false
    if (folder === dirname(folder)) return true
  }
}

interface Judging {
  readonly wanted: number
  readonly readAcl: AclReader | undefined
}

async function permits(path: string, account: Account, { wanted, readAcl }: Judging): Promise<boolean> {
  const stats = await stat(path)
  const acl = readAcl?.(path)
  return grants(acl ? parseAccessList(acl) : listOfMode(stats.mode), stats, account, wanted)
}
