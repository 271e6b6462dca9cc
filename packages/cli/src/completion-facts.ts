import type { Completes } from './flag.ts'
import type { OptionFacts } from './option-facts.ts'

/** What a completion script is made of. */
export interface CompletionFacts {
  readonly name: string
  /** One dash before every name, as Go's flags have it; two are taken as well. */
  readonly oneDash: boolean
  readonly options: readonly OptionFacts[]
  readonly operands: Completes
}
