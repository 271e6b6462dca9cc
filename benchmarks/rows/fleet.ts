import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { startPairs, type DtailPair } from '../dtail-pair.ts'
import type { PreparedRow, RowGroup } from '../row.ts'

const SIZES = [1, 10, 100, 1000]

/**
 * `dgrep` on many servers. All of them are one dserver, which every client calls by as many addresses of 127.0.0.0/8 as
 * there shall be servers: each is a host of its own for the client, with a connection, a host key and a session.
 */
export const fleet: RowGroup = {
  name: 'fleet',
  async prepare({ peers }) {
    const pairs = await startPairs(peers, { maxConnections: 2 * Math.max(...SIZES) })
    const rows = SIZES.map(size => rowOf(pairs, size))
    return { rows, close: async () => void (await Promise.all(pairs.map(pair => pair.close()))) }
  },
}

function rowOf(pairs: readonly DtailPair[], size: number): PreparedRow {
  const candidates = pairs.map(pair => {
    const list = path.join(pair.home, `servers-${size}.txt`)
    const names = Array.from(
      { length: size },
      (_, i) => `127.0.${1 + Math.floor(i / 250)}.${1 + (i % 250)}:${pair.port}`,
    )
    writeFileSync(list, `${names.join('\n')}\n`)
    const file = path.join(pair.home, 'fleet.log')
    writeFileSync(file, 'INFO nothing\nERROR found it\n'.repeat(50))
    return pair.client('dgrep', ['--plain', '--grep', 'ERROR', '--servers', list, '--files', file])
  })
  const what = `a search on ${size} server${size === 1 ? '' : 's'}, 50 lines from each`
  return { name: `fleet of ${size}`, what, inputBytes: 0, sameOutput: true, candidates }
}
