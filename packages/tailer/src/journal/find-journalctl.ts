import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** Path of the program that reads the journal, `undefined` on a machine without one. Looked for anew each time. */
export async function findJournalctl(path?: string): Promise<string | undefined> {
  const { env } = await import('node:process')
  // A relative entry would be about wherever the program happens to be started.
  for (const folder of (path ?? env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
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
