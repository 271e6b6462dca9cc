import { RrtailError } from './errors.ts'

/** Where the file is. */
export interface Origin {
  readonly user: string | undefined
  readonly host: string
  readonly path: string
}

/**
 * `[user@]host:path`, split at the first `:`; the user ends at the last `@` before it.
 *
 * @throws RrtailError `LF_RRTAIL_ORIGIN` for an empty part, or a host that ssh would take for an option
 */
export function parseOrigin(text: string): Origin {
  const colon = text.indexOf(':')
  if (colon === -1) throw bad(text, 'no colon in it; expected [user@]host:path')
  const [login, path] = [text.slice(0, colon), text.slice(colon + 1)]
  const at = login.lastIndexOf('@')
  const [user, host] = at === -1 ? [undefined, login] : [login.slice(0, at), login.slice(at + 1)]
  if (user === '') throw bad(text, 'the user is empty')
  if (host === '') throw bad(text, 'the host is empty')
  if (path === '') throw bad(text, 'the path is empty')
  if (host.startsWith('-') || user?.startsWith('-')) throw bad(text, 'host and user cannot start with a dash')
  if (/[\0\n]/.test(text)) throw bad(text, 'it has a control character')
  return { user, host, path }
}

/** As it was given. */
export function formatOrigin({ user, host, path }: Origin): string {
  return `${user === undefined ? '' : `${user}@`}${host}:${path}`
}

function bad(text: string, why: string): RrtailError {
  return new RrtailError('LF_RRTAIL_ORIGIN', `cannot follow ${JSON.stringify(text)}: ${why}`)
}
