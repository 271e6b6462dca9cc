import { existsSync } from 'node:fs'
import { GrinderError } from './errors.ts'

/** For a single look: a store that is not there is more likely a slip of the pen. @throws GrinderError `LF_GRINDER_STATE` */
export function checkStore(path: string): void {
  if (existsSync(path)) return
  throw new GrinderError('LF_GRINDER_STATE', `there is no store ${path}`, { detail: { path } })
}
