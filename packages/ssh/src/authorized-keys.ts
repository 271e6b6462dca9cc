import { parsePublicKey, type PublicKey } from './public-key.ts'

/** One usable line of an authorized_keys file. */
export interface AuthorizedKey extends PublicKey {
  /** What stands before the key, as written; nothing here acts on it. */
  readonly options: string
  readonly comment: string
}

/** A line that was passed over. */
export interface SkippedLine {
  /** 1-based. */
  readonly line: number
  readonly reason: string
}

/** What {@link parseAuthorizedKeys} found. */
export interface AuthorizedKeys {
  readonly keys: readonly AuthorizedKey[]
  readonly skipped: readonly SkippedLine[]
}

const ALGORITHM = /^(ssh|ecdsa|sk-ssh|sk-ecdsa|rsa)-[a-z0-9@.-]+$/i

/**
 * Reads authorized_keys (sshd(8)): `[options] algorithm base64 [comment]`. A bad line is reported and passed over, so
 * that it locks nobody out. Never throws.
 */
export function parseAuthorizedKeys(text: string): AuthorizedKeys {
  const keys: AuthorizedKey[] = []
  const skipped: SkippedLine[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const key = parseLine(line)
    if (typeof key === 'string') skipped.push({ line: index + 1, reason: key })
    else keys.push(key)
  }
  return { keys, skipped }
}

function parseLine(line: string): AuthorizedKey | string {
  const first = fieldEnd(line, 0)
  const options = ALGORITHM.test(line.slice(0, first)) ? '' : line.slice(0, first)
  const [algorithm = '', base64 = '', ...comment] = (options === '' ? line : line.slice(first).trim()).split(/[ \t]+/)
  if (!ALGORITHM.test(algorithm)) return 'no key algorithm'
  const key = parsePublicKey(algorithm, base64)
  if (!key) return `not a ${algorithm} key`
  return { ...key, options, comment: comment.join(' ') }
}

/** End of the field at `from`: options hold blanks inside double quotes, with `\"` for a quote. */
function fieldEnd(line: string, from: number): number {
  let quoted = false
  for (let at = from; at < line.length; at++) {
    const char = line[at]
    if (char === '\\' && quoted) at++
    else if (char === '"') quoted = !quoted
    else if (!quoted && (char === ' ' || char === '\t')) return at
  }
  return line.length
}
