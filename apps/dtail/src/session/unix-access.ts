import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Account } from './account.ts'

const READ = 4
const SEARCH = 1

/**
 * Whether a shell of `account` could read the file: search every folder above it and read the file itself, by the mode
 * of each, with supplementary groups. `path` is absolute and holds no links. Rejects when something on the way is gone.
 */
export async function mayRead(path: string, account: Account): Promise<boolean> {
  // What this process may not do as itself, the operating system refuses when the file is opened.
  if (account.uid === 0 || account.uid === process.getuid?.()) return true
  if (!grants(await stat(path), account, READ)) return false
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!grants(await stat(folder), account, SEARCH)) return false
    if (folder === dirname(folder)) return true
  }
}

/** The first class somebody belongs to decides, even when a later one would grant more. */
function grants({ mode, uid, gid }: Stats, account: Account, wanted: number): boolean {
  const shift = uid === account.uid ? 6 : account.groups.has(gid) ? 3 : 0
  return ((mode >> shift) & wanted) === wanted
}
