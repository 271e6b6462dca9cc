import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/match`, and whether trying again can help. */
export const matchErrors = {
  LF_MATCH_SYNTAX: { retryable: false },
  LF_MATCH_TOO_LARGE: { retryable: false },
} as const

/** A code of {@link matchErrors}. */
export type MatchErrorCode = keyof typeof matchErrors

/**
 * What `@logflow/match` throws. `LF_MATCH_SYNTAX` carries in `detail` the `position` (index in the pattern string where
 * the offending piece starts), the `reason` and the offending `fragment`, both in the words of Go's `regexp`;
 * `LF_MATCH_TOO_LARGE` carries the `limit`.
 */
export class MatchError extends LogflowError<MatchErrorCode> {
  override readonly name = 'MatchError'
  constructor(code: MatchErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...matchErrors[code] })
  }
}
