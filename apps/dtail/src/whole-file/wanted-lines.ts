import type { Matcher } from '@logflow/match'

/** Which lines of a file are taken. */
export interface WantedLines {
  readonly matcher: Matcher
  /** What the matcher was made of. */
  readonly pattern: string
  readonly literal: boolean
  /** Those that do not match. */
  readonly invert: boolean
}
