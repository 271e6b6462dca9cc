import type { Query } from '@logflow/query'
import type { Question } from '../client/question.ts'
import type { DtailConfig } from '../config/dtail-config.ts'
import type { DtailLog } from '../output/dtail-log.ts'
import type { LinePrinter } from '../output/line-printer.ts'
import type { QueryReport } from '../output/query-report.ts'
import type { TermColors } from '../output/term-colors.ts'
import type { ClientName, ClientRun } from './client-run.ts'

/** Everything that asking needs, here or over the network. */
export interface Prepared {
  readonly name: ClientName
  readonly run: ClientRun
  readonly config: DtailConfig
  readonly question: Question
  readonly query: Query | undefined
  readonly log: DtailLog
  /** Absent for no colours. */
  readonly colors: TermColors | undefined
  readonly printer: LinePrinter
  /** Where groups go; present exactly when `query` is. */
  readonly report: QueryReport | undefined
  readonly signal: AbortSignal
}
