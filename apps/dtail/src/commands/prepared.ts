import type { Query } from '@logflow/query'
import type { Question } from '../client/question.ts'
import type { DtailConfig } from '../config/dtail-config.ts'
import type { DeliveryOutput } from '../output/delivery-output.ts'
import type { DtailLog } from '../output/dtail-log.ts'
import type { JsonLines } from '../output/json-lines.ts'
import type { LinePrinter } from '../output/line-printer.ts'
import type { ReadProgress } from '../output/read-progress.ts'
import type { QueryReport } from '../output/query-report.ts'
import type { TermColors } from '../output/term-colors.ts'
import type { TimeRange } from '../time/time-range.ts'
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
  /** Where deliveries go: the printer, or `json`. */
  readonly output: DeliveryOutput
  /** Absent unless objects are asked for. */
  readonly json: JsonLines | undefined
  /** Present where a person may want to know how far it is. */
  readonly progress: ReadProgress | undefined
  /** Absent for all times. */
  readonly range: TimeRange | undefined
  /** Where groups go; present exactly when `query` is. */
  readonly report: QueryReport | undefined
  readonly signal: AbortSignal
}
