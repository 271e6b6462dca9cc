import { readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'

/** What the operating system knows about a user. */
export interface Account {
  readonly uid: number
  /** The primary group and the supplementary ones. */
  readonly groups: ReadonlySet<number>
  readonly home: string
}

/** Finds accounts by name. */
export interface Accounts {
  /** `undefined` when there is no such account. The files are read anew at every call. */
  find(user: string): Promise<Account | undefined>
}

/** Where accounts are listed, passwd(5) and group(5). */
export interface AccountFiles {
  /** @defaultValue `/etc/passwd` */
  readonly passwd?: string
  /** @defaultValue `/etc/group` */
  readonly group?: string
}

/**
 * The accounts of this machine, and the one this process runs as. Those of a directory service are not found: asking it
 * takes another program, and dserver runs none.
 */
export function localAccounts({ passwd = '/etc/passwd', group = '/etc/group' }: AccountFiles = {}): Accounts {
  return {
    async find(user) {
      const [users, groups] = await Promise.all([passwd, group].map(textOf))
      return accountIn(users ?? '', groups ?? '', user) ?? ownAccount(user)
    },
  }
}

function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

function accountIn(passwd: string, group: string, user: string): Account | undefined {
  const line = rowsOf(passwd).find(([name, , uid]) => name === user && isId(uid))
  const [, , uid, gid, , home] = line ?? []
  if (uid === undefined || home === undefined || !isId(gid)) return undefined
  const supplementary = rowsOf(group).filter(([, , id, members = '']) => isId(id) && members.split(',').includes(user))
  return { uid: Number(uid), groups: new Set([gid, ...supplementary.map(([, , id]) => id)].map(Number)), home }
}

function ownAccount(user: string): Account | undefined {
  const own = userInfo()
  if (own.username !== user) return undefined
  return { uid: own.uid, groups: new Set([own.gid, ...(process.getgroups?.() ?? [])]), home: own.homedir }
}

function rowsOf(text: string): string[][] {
  return text.split('\n').map(line => line.split(':'))
}

function isId(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text)
}
