import type { Claims } from '../claims.ts'
import { askAll } from '../client.ts'
import { eachFile, type Ledgers } from '../ledger.ts'
import type { Scene } from '../scene.ts'
import type { Screen } from '../screen.ts'

const QUERY =
  'from STATS select count($line),sum(bytes),max(currentConnections),host group by host order by count($line) limit 20'

/** One row of the table: host, lines and bytes. */
export interface Row {
  readonly host: string
  readonly lines: number
  readonly bytes: number
}

/** `dmap`: one question to all servers, one table. */
export async function table(scene: Scene, screen: Screen, dev: boolean): Promise<readonly Row[]> {
  await screen.heading('dmap: statistics of the whole fleet as one table')
  const lines = await askAll(scene, 'dmap', { args: ['--files', 'logs/stats.log*', '--query', QUERY], dev })
  const printed = lines.filter(line => line.includes('|') && !/^(CLIENT|SERVER)\|/.test(line))
  for (const line of [QUERY, ...printed]) await screen.quote(line)
  return printed.flatMap(line => {
    const [count, bytes, , host] = line.split('|').map(cell => cell.trim())
    return /^\d+$/.test(count ?? '') ? [{ host: host as string, lines: Number(count), bytes: Number(bytes) }] : []
  })
}

/** The table says what was written: the same hosts, each with its lines and its bytes. */
export async function claimTable(rows: readonly Row[], ledgers: Ledgers, claims: Claims): Promise<void> {
  const files = eachFile(ledgers, 'stats.log')
  const total = (pick: (row: Row) => number): number => rows.reduce((sum, row) => sum + pick(row), 0)
  const lines = files.reduce((sum, { counts }) => sum + (counts.table?.['INFO STATS'] ?? 0), 0)
  const hosts = new Set(files.flatMap(({ counts }) => Object.keys(counts.host ?? {})))
  const bytes = files.flatMap(({ sums }) => Object.values(sums.bytes ?? {})).reduce((sum, value) => sum + value, 0)
  await claims.equal('dmap: groups', rows.length, hosts.size)
  await claims.equal(
    'dmap: lines counted',
    total(row => row.lines),
    lines,
  )
  await claims.equal(
    'dmap: bytes summed',
    total(row => row.bytes),
    bytes,
  )
}
