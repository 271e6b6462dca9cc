import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/query`, and whether trying again can help. */
export const queryErrors = {
  LF_QUERY_SYNTAX: { retryable: false },
  LF_QUERY_TOO_LONG: { retryable: false },
  LF_QUERY_TOO_MANY_GROUPS: { retryable: false },
} as const

/** A code of {@link queryErrors}. */
export type QueryErrorCode = keyof typeof queryErrors

/** What `@logflow/query` throws. */
export class QueryError extends LogflowError<QueryErrorCode> {
  override readonly name = 'QueryError'
  constructor(code: QueryErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...queryErrors[code] })
  }
}
