import { realpath, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { SshSession } from '@logflow/ssh'
import type { DtailLog } from '../output/dtail-log.ts'
import { errorText } from '../output/dtail-log.ts'
import type { Account } from './account.ts'
import type { PermissionRules } from './permissions.ts'
import type { ServerContext } from './server-context.ts'
import { mayRead, type AclReader } from './unix-access.ts'

/** Who wants to read. */
export interface Reader {
  /** `user@address:port`, as the log says it. */
  readonly name: string
  readonly rules: Pick<PermissionRules, 'decide'>
  /** Whose permissions count besides the rules; absent when the rules alone decide. */
  readonly account?: Account | undefined
  /** Absent where only modes can be judged. */
  readonly readAcl?: AclReader | undefined
}

/** The user of a session, who has an account of this machine or not. */
export async function readerOf(
  { user, peer }: Pick<SshSession, 'user' | 'peer'>,
  { config, accounts, rulesOf, readAcl }: ServerContext,
): Promise<Reader> {
  const account = config.UnixPermissions ? await accounts.find(user) : undefined
  return { name: `${user}@${peer}`, rules: rulesOf(user), account, readAcl }
}

/**
 * The path to open: links resolved, what a shell of the reader could read, allowed by the rules, a regular file.
 * `undefined` when it may not be read; the reason is in the log only, so that a client cannot tell a forbidden file from
 * a missing one.
 */
export async function admitFile(path: string, reader: Reader, log: DtailLog): Promise<string | undefined> {
  let resolved: string
  try {
    resolved = await realpath(resolve(path))
    if (reader.account && !(await mayRead(resolved, reader.account, reader.readAcl))) {
      log.warn(reader.name, 'The user may not read', resolved)
      return undefined
    }
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

/** A file that was admitted. */
export interface AdmittedFile {
  /** As it was found. */
  readonly path: string
  /** What {@link admitFile} returned. */
  readonly resolved: string
}

/**
 * For whoever opens an admitted file, perhaps more than once, and files beside it: tells what to open, and is to be asked
 * before and after each opening. The file's own path must still lead to itself and not to where somebody has put a link
 * meanwhile; any other file has to be admitted in its own right.
 *
 * @throws Error for what may not be opened (any more)
 */
export function admission(
  { path, resolved }: AdmittedFile,
  reader: Reader,
  log: DtailLog,
): (found: string) => Promise<string> {
  return async found => {
    if (found === path || found === resolved) return stillAdmitted(resolved, reader)
    const other = await admitFile(found, reader, log)
    if (other === undefined) throw new Error(`no permission to read ${found}`)
    return other
  }
}

async function stillAdmitted(resolved: string, { account, readAcl }: Reader): Promise<string> {
  try {
    if ((await realpath(resolved)) !== resolved) throw new Error(`${resolved} leads somewhere else now`)
    if (account && !(await mayRead(resolved, account, readAcl)))
      throw new Error(`the user may not read ${resolved} any more`)
  } catch (error) {
    // Between two generations of a log there is nothing under its name, and nothing to protect.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return resolved
}
