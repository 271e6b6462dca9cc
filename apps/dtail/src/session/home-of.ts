import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * Home directory of an account of this machine, `undefined` when there is no such account. `user` must not be able to
 * be taken for an option. Accounts of a directory service are asked for with `getent`, where there is one.
 */
export async function homeOf(user: string): Promise<string | undefined> {
  const own = userInfo()
  if (own.username === user) return own.homedir
  const local = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return homeIn(local, user) ?? homeIn(await askDirectory(user), user)
}

function homeIn(passwd: string, user: string): string | undefined {
  for (const line of passwd.split('\n')) {
    const fields = line.split(':')
    if (fields.length >= 7 && fields[0] === user) return fields[5]
  }
  return undefined
}

async function askDirectory(user: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('getent', ['passwd', user], { timeout: 2000 })
    return stdout
  } catch {
    return '' // no such account, or no getent here
  }
}
