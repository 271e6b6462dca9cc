import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Ledger, LedgerFile } from './generator/ledger.ts'
import type { Host } from './scene.ts'

/** What was really written on each host, by host name. */
export type Ledgers = ReadonlyMap<string, Ledger>

/** Reads the final ledger of every host. */
export async function readLedgers(hosts: readonly Host[]): Promise<Ledgers> {
  const read = async (host: Host): Promise<readonly [string, Ledger]> => {
    const ledger = JSON.parse(await readFile(path.join(host.logs, 'ledger.json'), 'utf8')) as Ledger
    if (!ledger.finished) throw new Error(`the ledger of ${host.name} is not final`)
    return [host.name, ledger]
  }
  return new Map(await Promise.all(hosts.map(read)))
}

/** The log `file` of every host. */
export function eachFile(ledgers: Ledgers, file: string): readonly LedgerFile[] {
  return [...ledgers.values()].map(ledger => ledger.files[file] as LedgerFile)
}

/** How often `key` was counted in `group`, over all hosts. */
export function written(ledgers: Ledgers, file: string, [group, key]: readonly [string, string]): number {
  return eachFile(ledgers, file).reduce((sum, { counts }) => sum + (counts[group]?.[key] ?? 0), 0)
}
