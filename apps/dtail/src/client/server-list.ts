import { existsSync, readFileSync } from 'node:fs'
import { UsageError } from '@logflow/cli'

/** A server to ask. */
export interface ServerAddress {
  /** As the person typed it. */
  readonly name: string
  readonly host: string
  readonly port: number
}

/** Options of {@link resolveServers}. */
export interface ServerListOptions {
  readonly discovery: string
  readonly defaultPort: number
  /** From 0 to below 1; decides the order. */
  readonly random: () => number
}

/**
 * The servers that `-servers` names: a comma list, or an existing file with one per line; `/…/` filters what
 * `-discovery` finds. Each once, in random order, so that not everybody starts with the same one.
 *
 * @throws UsageError
 */
export function resolveServers(text: string, { discovery, defaultPort, random }: ServerListOptions): ServerAddress[] {
  const names = namesOf(text, discovery)
  return shuffled([...new Set(names)], random).map(name => parseServer(name, defaultPort))
}

function namesOf(text: string, discovery: string): readonly string[] {
  const module = discovery.split(':', 1)[0]?.toUpperCase() ?? ''
  switch (module) {
    case '':
      return existsSync(text) ? linesOf(text) : itemsOf(text)
    case 'COMMA':
      return itemsOf(text)
    case 'FILE':
      return linesOf(text)
    default:
      throw new UsageError(`no such server discovery module: ${module}; there are COMMA and FILE`)
  }
}

function itemsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}

function linesOf(path: string): readonly string[] {
  try {
    return itemsOf(readFileSync(path, 'utf8').replace(/\r?\n/g, ','))
  } catch (cause) {
    throw new UsageError(`cannot read the list of servers: ${(cause as Error).message}`, { cause })
  }
}

/** `host`, `host:port`, `[address]:port`, or a bare IPv6 address. @throws UsageError */
export function parseServer(name: string, defaultPort: number): ServerAddress {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(name) ?? []
  const bare = name.split(':').length > 2 && !name.startsWith('[') ? name : undefined
  const host = bare ?? bracketed ?? plain
  const port = portText === undefined ? defaultPort : Number(portText)
  if (host === undefined || host === '' || port < 1 || port > 65_535)
    throw new UsageError(`${JSON.stringify(name)} is no server: it is host, host:port or [address]:port`)
  return { name, host, port }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T]
  }
  return mixed
}
