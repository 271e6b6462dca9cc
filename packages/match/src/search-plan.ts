import type { LineScanner } from './line-scanner.ts'
import type { Verify } from './literal-scanner.ts'
import type { Literals } from './literals.ts'

/** With so large a share of the text in lines to look at closely, looking at all of it in one go is faster. */
export const MOST_HITS = 0.3
/** Blocks or batches after which a search that did not pay is tried again. */
export const RETRY_AFTER = 64

/** How lines that match are found. */
export interface SearchPlan {
  /** What is searched for first, all at once; without them every line is looked at. */
  readonly literals: Literals | undefined
  /** Decides about a line with one of the literals; without it that is a match. */
  readonly verify?: Verify | undefined
  /** Looks at every line: for what has no literals, and for text in which they do not help. */
  readonly fallback: () => LineScanner
}
