import type { Candidate } from './measure.ts'

/** What every row gets. */
export interface Bench {
  /** Where generated inputs and servers' folders live. */
  readonly dir: string
  /** Folder of the peers, when given. */
  readonly peers: string | undefined
  readonly size: number
  readonly seed: number
}

/** A row that is ready to run: candidates that do the same work. */
export interface PreparedRow {
  readonly name: string
  readonly what: string
  /** Bytes that each candidate reads; 0 when the row is not about throughput. */
  readonly inputBytes: number
  /** Whether all outputs must be equal byte for byte. */
  readonly sameOutput: boolean
  readonly candidates: readonly Candidate[]
  /** A bound for ours, checked on the medians. */
  readonly limit?: { readonly wallMs: number; readonly peakRssMegabytes: number }
  /** Why this machine cannot run the row; then it is not run, which is said. */
  readonly impossible?: string | undefined
  /** What the figures do not say, asked when all have run. */
  readonly notes?: () => readonly string[]
  /** What went wrong beside the candidates, asked when all have run. */
  readonly problems?: () => readonly string[]
}

/** A named group of rows. `prepare` starts what it needs; `close` ends it. */
export interface RowGroup {
  readonly name: string
  prepare(bench: Bench): Promise<{ readonly rows: readonly PreparedRow[]; close(): Promise<void> }>
}
