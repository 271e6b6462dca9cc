import { readFile, realpath } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { HEALTH_USER } from '@logflow/protocol'
import {
  parseAuthorizedKeys,
  sameKey,
  type Authenticate,
  type PasswordAttempt,
  type PublicKeyAttempt,
} from '@logflow/ssh'
import type { JobLogin } from '../jobs/job-login.ts'
import { errorText } from '../output/dtail-log.ts'
import type { ServerContext } from './server-context.ts'

/** Where keys are looked for. */
export interface LoginOptions {
  /** Folder with `<user>.authorized_keys`; empty for none. */
  readonly cacheDir: string
  /** The one file that counts, for everybody: test mode. */
  readonly onlyFile?: string | undefined
  /** Decides on the logins of jobs. */
  readonly jobLogin?: JobLogin | undefined
}

// A user's name becomes a file name.
const USER = /^[A-Za-z0-9_][A-Za-z0-9._@+-]{0,127}$/

/**
 * Who may log in: the health check with its well-known password, everybody else with a key out of their
 * authorized_keys or registered with AUTHKEY. Files are read anew at every attempt.
 */
export function createLogin(context: ServerContext, options: LoginOptions): Authenticate {
  return attempt =>
    attempt.method === 'password' ? checkPassword(attempt, context, options) : checkKey(attempt, context, options)
}

async function checkPassword(
  attempt: PasswordAttempt,
  context: ServerContext,
  { jobLogin }: LoginOptions,
): Promise<boolean> {
  const name = `${attempt.user}@${attempt.peer}`
  const healthy = attempt.user === HEALTH_USER && attempt.password === HEALTH_USER
  const allowed = healthy || (await jobLogin?.(attempt)) === true
  if (!allowed) context.log.warn(`user ${name} not authorized`)
  return allowed
}

async function checkKey(attempt: PublicKeyAttempt, context: ServerContext, options: LoginOptions): Promise<boolean> {
  const { log, authKeys } = context
  const { user, key, proved } = attempt
  const name = `${user}@${attempt.peer}`
  if (proved) log.info(name, 'Incoming authorization')
  if (!USER.test(user)) {
    log.warn(name, 'Unusable user name')
    return false
  }
  if (context.rulesOf(user).empty) {
    log.warn(name, "Empty set of permission, user won't be able to open any files")
    return false
  }
  if (authKeys?.has(user, key)) {
    if (proved) log.info(name, 'Authorized by in-memory auth key store')
    return true
  }
  const text = await readAuthorizedKeys(user, name, context, options)
  if (text === undefined) return false
  const { keys, skipped } = parseAuthorizedKeys(text)
  for (const { line, reason } of skipped) log.warn(name, 'Skipping unparseable authorized_keys line', line, reason)
  if (keys.some(known => sameKey(known, key))) return true
  log.info(name, 'public key of user not authorized')
  return false
}

async function readAuthorizedKeys(
  user: string,
  name: string,
  { log, accounts }: ServerContext,
  { cacheDir, onlyFile }: LoginOptions,
): Promise<string | undefined> {
  const home = onlyFile === undefined ? (await accounts.find(user))?.home : undefined
  const paths =
    onlyFile === undefined
      ? [
          ...(cacheDir === '' ? [] : [resolve(cacheDir, `${user}.authorized_keys`)]),
          ...(home === undefined ? [] : [join(home, '.ssh', 'authorized_keys')]),
        ]
      : [onlyFile]
  for (const path of paths) {
    try {
      const text = await readInside(path)
      log.debug(name, 'Reading', path)
      return text
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
      log.error('Unable to read authorized keys file', path, user, errorText(error))
      return undefined
    }
  }
  log.warn(name, 'unable to find any authorized keys file')
  return undefined
}

/** A link out of the folder could point anywhere the server can read. */
async function readInside(path: string): Promise<string> {
  const [real, folder] = [await realpath(path), await realpath(dirname(path))]
  if (!real.startsWith(folder === sep ? folder : folder + sep)) throw new Error(`${path} leads out of its folder`)
  return readFile(real, 'utf8')
}
