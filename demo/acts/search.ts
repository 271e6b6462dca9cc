import type { Claims } from '../claims.ts'
import { askAll } from '../client.ts'
import { written, type Ledgers } from '../ledger.ts'
import type { Scene } from '../scene.ts'
import type { Screen } from '../screen.ts'

const SHOWN_LINES = 5

/** `dgrep` for server errors in the current and the rotated access logs of all servers. */
export async function search(scene: Scene, screen: Screen, dev: boolean): Promise<number> {
  await screen.heading(`dgrep: '" 500 ' in every access log of every server, rotated ones too`)
  const lines = await askAll(scene, 'dgrep', { args: ['--files', 'logs/access.log*', '--grep', '" 500 '], dev })
  const found = lines.filter(line => line.startsWith('REMOTE|'))
  for (const line of found.slice(0, SHOWN_LINES)) await screen.quote(line)
  await screen.say(`  … ${found.length} lines`)
  return found.length
}

/** As many lines were found as were written. */
export async function claimSearch(found: number, ledgers: Ledgers, claims: Claims): Promise<void> {
  await claims.equal('dgrep: lines with status 500', found, written(ledgers, 'access.log', ['status', '500']))
}
