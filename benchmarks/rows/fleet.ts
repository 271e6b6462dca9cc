import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { startPairs, type DtailPair } from '../dtail-pair.ts'
import { openFilesLimit } from '../open-files.ts'
import type { PreparedRow, RowGroup } from '../row.ts'

const ADDRESSES_PER_NET = 250
/** Descriptors of a client and of a server besides their connections. */
const OTHER_FILES = 100

/** `dgrep` on 1, 10 and 100 servers. */
export const fleet: RowGroup = groupOf('fleet', [1, 10, 100])

/** The same on 1,000; on its own, because the original takes a minute for it. */
export const fleetOf1000: RowGroup = groupOf('fleet-1000', [1000])

/**
 * All servers are one dserver, which every client calls by as many addresses of 127.0.0.0/8 as there shall be servers:
 * each is a host of its own for the client, with a connection, a host key and a session.
 */
function groupOf(name: string, sizes: readonly number[]): RowGroup {
  return {
    name,
    async prepare({ peers }) {
      const pairs = await startPairs(peers, { maxConnections: 2 * Math.max(...sizes) })
      const rows = await Promise.all(sizes.map(size => rowOf(pairs, size)))
      return { rows, close: async () => void (await Promise.all(pairs.map(pair => pair.close()))) }
    },
  }
}

async function rowOf(pairs: readonly DtailPair[], size: number): Promise<PreparedRow> {
  const candidates = pairs.map(pair => {
    const list = path.join(pair.home, `servers-${size}.txt`)
    const names = Array.from({ length: size }, (_, i) => `${addressOf(i)}:${pair.port}`)
    writeFileSync(list, `${names.join('\n')}\n`)
    const file = path.join(pair.home, 'fleet.log')
    writeFileSync(file, 'INFO nothing\nERROR found it\n'.repeat(50))
    return pair.client('dgrep', ['--plain', '--grep', 'ERROR', '--servers', list, '--files', file])
  })
  return {
    name: `fleet of ${size}`,
    what: `a search on ${size} server${size === 1 ? '' : 's'}, 50 lines from each`,
    inputBytes: 0,
    sameOutput: true,
    candidates,
    impossible: await obstacle(size),
    problems: () =>
      pairs.flatMap(({ name, ended }) => (ended() === undefined ? [] : [`dserver of ${name} ${ended()}`])),
  }
}

function addressOf(index: number): string {
  return `127.0.${1 + Math.floor(index / ADDRESSES_PER_NET)}.${1 + (index % ADDRESSES_PER_NET)}`
}

/** What this machine lacks for so many servers. */
async function obstacle(size: number): Promise<string | undefined> {
  const files = openFilesLimit()
  if (files < size + OTHER_FILES)
    return `a process may open ${files} files (ulimit -n), ${size} connections need ${size + OTHER_FILES}`
  const address = addressOf(size - 1)
  const probe = createServer()
  const failed = await new Promise<Error | undefined>(resolve => {
    probe.once('error', resolve).listen(0, address, () => resolve(undefined))
  })
  probe.close()
  return failed && `${address} is no address of this machine: ${failed.message}`
}
