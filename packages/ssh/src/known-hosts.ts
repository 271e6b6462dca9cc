import { createHmac } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SshError } from './errors.ts'
import { formatPublicKey, parsePublicKey, sameKey, type PublicKey } from './public-key.ts'

/** What the file says about a key that a host showed. */
export type HostTrust = 'trusted' | 'unknown' | 'changed' | 'revoked'

/** A host to remember. */
export interface TrustedHost {
  readonly host: string
  readonly port: number
  /** IP address it was reached at, remembered on a line of its own. */
  readonly address?: string | undefined
  readonly key: PublicKey
}

interface Entry {
  readonly patterns: readonly string[]
  readonly revoked: boolean
  readonly key: PublicKey
}

/** `host` for port 22, else `[host]:port`: how OpenSSH names a host in known_hosts. */
export function normalizedHost(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`
}

/**
 * The hosts a person trusts, in the format of OpenSSH's known_hosts: plain and hashed names, several names, wildcards
 * and `!`, `@revoked`. `@cert-authority` lines are passed over. A line that cannot be read trusts nobody.
 */
export class KnownHosts {
  readonly path: string
  readonly #lines: readonly string[]
  /** Entries that name their hosts, by each of the names: a client of a thousand servers looks a thousand times. */
  readonly #named = new Map<string, Entry[]>()
  /** Entries with wildcards or hashes, which have to be tried. */
  readonly #others: Entry[] = []

  private constructor(path: string, text: string) {
    this.path = path
    this.#lines = text.split('\n')
    for (const entry of this.#lines.map(parseEntry)) if (entry) this.#index(entry)
  }

  #index(entry: Entry): void {
    if (!entry.patterns.every(isName)) return void this.#others.push(entry)
    for (const name of new Set(entry.patterns.map(pattern => pattern.toLowerCase()))) {
      const same = this.#named.get(name)
      if (same) same.push(entry)
      else this.#named.set(name, [entry])
    }
  }

  /** Reads the file; a missing file knows nobody. @throws SshError `LF_SSH_KNOWN_HOSTS` when it is there and unreadable */
  static async open(path: string): Promise<KnownHosts> {
    try {
      return new KnownHosts(path, await readFile(path, 'utf8'))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return new KnownHosts(path, '')
      throw new SshError('LF_SSH_KNOWN_HOSTS', `cannot read known hosts file ${path}`, { cause, detail: { path } })
    }
  }

  /** What is known about `host:port` showing `key`. A known key of another algorithm only does not make it `changed`. */
  look(host: string, port: number, key: PublicKey): HostTrust {
    const name = normalizedHost(host, port)
    const named = this.#named.get(name.toLowerCase()) ?? []
    const entries = [...named, ...this.#others.filter(entry => matches(entry.patterns, name))]
    if (entries.some(entry => entry.revoked && sameKey(entry.key, key))) return 'revoked'
    const trusted = entries.filter(entry => !entry.revoked)
    if (trusted.some(entry => sameKey(entry.key, key))) return 'trusted'
    return trusted.some(entry => entry.key.algorithm === key.algorithm) ? 'changed' : 'unknown'
  }

  /**
   * Writes the file anew: lines of `hosts` first, then every old line that does not name one of them alone (hashed
   * lines and lines with several names stay, but the new lines come first and win). Returns the new content.
   *
   * @throws SshError `LF_SSH_KNOWN_HOSTS` when it cannot be written
   */
  async add(hosts: readonly TrustedHost[]): Promise<KnownHosts> {
    const added = new Map<string, string>()
    for (const { host, port, address, key } of hosts) {
      for (const name of [host, address]) {
        if (name !== undefined) added.set(normalizedHost(name, port), formatPublicKey(key))
      }
    }
    const kept = this.#lines.filter(line => line !== '' && !added.has(line.split(' ', 1)[0] as string))
    const text = [...[...added].map(([name, key]) => `${name} ${key}`), ...kept, ''].join('\n')
    try {
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 })
      await writeFile(`${this.path}.tmp`, text, { mode: 0o600 })
      await rename(`${this.path}.tmp`, this.path)
    } catch (cause) {
      const detail = { path: this.path }
      throw new SshError('LF_SSH_KNOWN_HOSTS', `cannot write known hosts file ${this.path}`, { cause, detail })
    }
    return new KnownHosts(this.path, text)
  }
}

function parseEntry(raw: string): Entry | undefined {
  const fields = raw.trim().split(/[ \t]+/)
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined
  if (marker !== undefined && marker !== '@revoked') return undefined
  const [names = '', algorithm = '', base64 = ''] = fields
  if (names === '' || names.startsWith('#')) return undefined
  const key = parsePublicKey(algorithm, base64)
  return key && { patterns: names.split(','), revoked: marker !== undefined, key }
}

/** Neither wildcard, nor hash, nor exception. */
function isName(pattern: string): boolean {
  return !/^[!|]|[*?]/.test(pattern)
}

/** Names of one line: any may match, and a matching `!name` takes the line out. */
function matches(patterns: readonly string[], name: string): boolean {
  let found = false
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (wildcard(pattern.slice(1), name)) return false
    } else if (pattern.startsWith('|1|') ? hashed(pattern, name) : wildcard(pattern, name)) {
      found = true
    }
  }
  return found
}

/** `|1|salt|hash`: HMAC-SHA1 of the name, so that a stolen file does not list a person's hosts. */
function hashed(pattern: string, name: string): boolean {
  const [, , salt = '', hash = ''] = pattern.split('|')
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

/** `*` and `?`, without the backtracking that a hostile pattern could make expensive. */
function wildcard(pattern: string, name: string): boolean {
  const [p, n] = [pattern.toLowerCase(), name.toLowerCase()]
  let [i, j, star, mark] = [0, 0, -1, 0]
  while (j < n.length) {
    if (p[i] === '*') [star, mark] = [i++, j]
    else if (i < p.length && (p[i] === '?' || p[i] === n[j])) [i, j] = [i + 1, j + 1]
    else if (star !== -1) [i, j, mark] = [star + 1, mark + 1, mark + 1]
    else return false
  }
  while (p[i] === '*') i++
  return i === p.length
}
