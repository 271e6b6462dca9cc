import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** Path of the program that reads the journal, `undefined` on a machine without one. Looked for anew each time. */
export async function findJournalctl(path = process.env['PATH'] ?? ''): Promise<string | undefined> {
  // A relative entry would be about wherever the server happens to be started.
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const candidate = join(folder, 'journalctl')
    try {
      await access(candidate, constants.X_OK)
      if ((await stat(candidate)).isFile()) return candidate
    } catch {
      continue // not in this folder
    }
  }
  return undefined
}

let own: Promise<string | undefined> | undefined

/** The same along this process's own path, looked for once: every session asks. */
export function ownJournalctl(): Promise<string | undefined> {
  return (own ??= findJournalctl())
}
