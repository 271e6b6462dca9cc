import type { OptionValues, Output } from '@logflow/cli'
import type { Logger } from '@logflow/core'
import type { clientFlags } from '../flags/client-flags.ts'
import type { patternFlags } from '../flags/pattern-flags.ts'
import type { queryFlags } from '../flags/query-flags.ts'
import type { tailFlags } from '../flags/tail-flags.ts'

/** Name of one of the four clients. */
export type ClientName = 'dtail' | 'dcat' | 'dgrep' | 'dmap'

/** Options of the four clients; what a client does not have is missing. */
export type ClientOptions = OptionValues<typeof clientFlags> &
  Partial<OptionValues<typeof patternFlags>> &
  Partial<OptionValues<typeof queryFlags>> &
  Partial<OptionValues<typeof tailFlags>>

/** What a client runs with. */
export interface ClientRun {
  readonly options: ClientOptions
  readonly given: ReadonlySet<string>
  readonly operands: readonly string[]
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly stdout: Output
  readonly stderr: Output
}
