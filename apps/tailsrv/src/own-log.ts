import { fstatSync, statSync } from 'node:fs'
import { UsageError } from '@logflow/cli'

/** Serving the file that our own log goes to would feed on itself. @throws UsageError */
export function checkNotOwnLog(path: string): void {
  const served = statSync(path, { throwIfNoEntry: false })
  for (const fd of [1, 2]) {
    const own = fstatSync(fd)
    if (served && own.isFile() && own.dev === served.dev && own.ino === served.ino)
      throw new UsageError(`${path} is where the log of this program goes`)
  }
}
