import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { DtailLog } from '../output/dtail-log.ts'
import { errorText } from '../output/dtail-log.ts'
import type { PermissionRules } from './permissions.ts'

/** Who wants to read. */
export interface Reader {
  /** `user@address:port`, as the log says it. */
  readonly name: string
  readonly rules: Pick<PermissionRules, 'decide'>
}

/**
 * The path to open: links resolved, allowed by the rules, a regular file. `undefined` when it may not be read; the
 * reason is in the log only, so that a client cannot tell a forbidden file from a missing one.
 */
export async function admitFile(path: string, reader: Reader, log: DtailLog): Promise<string | undefined> {
  let resolved: string
  try {
    resolved = await realpath(resolve(path))
    const verdict = reader.rules.decide(resolved)
    if (verdict.invalidRule !== undefined) log.warn(reader.name, 'Invalid permission rule', verdict.invalidRule)
    if (!verdict.allowed) return undefined
    if (!(await stat(resolved)).isFile()) {
      log.error(reader.name, 'Not a regular file', resolved)
      return undefined
    }
  } catch (error) {
    log.error(reader.name, 'Unable to resolve file', path, errorText(error))
    return undefined
  }
  return resolved
}
