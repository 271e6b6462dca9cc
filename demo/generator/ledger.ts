import { renameSync, writeFileSync } from 'node:fs'
import type { TallyGroups } from './tally.ts'

/** What was really written, for whoever checks that nothing got lost on the way. */
export interface Ledger {
  readonly version: 1
  readonly seed: number
  readonly startedAtMs: number
  readonly updatedAtMs: number
  /** The generator has ended and the numbers are final. */
  readonly finished: boolean
  readonly lines: number
  readonly bytes: number
  readonly files: Readonly<Record<string, LedgerFile>>
}

/** One log, all its rotations together. */
export interface LedgerFile {
  /** Lines written; the last one carries this as its `seq`. */
  readonly lines: number
  readonly bytes: number
  /** Over all bytes in the order they were written. */
  readonly sha256: string
  readonly rotations: number
  /** Lines by group and key: `counts.status['500']`. */
  readonly counts: TallyGroups
  /** Sums by name and key: `sums.bytes.web01`. */
  readonly sums: TallyGroups
}

/** Replaces the ledger at `path` in one step: a reader sees the old one or the new one, whole. */
export function writeLedger(path: string, ledger: Ledger): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(ledger, undefined, 2)}\n`)
  renameSync(`${path}.new`, path)
}
