import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/record`, and whether trying again can help. */
export const recordErrors = {
  LF_RECORD_EVENT_INVALID: { retryable: false },
  LF_RECORD_EVENT_TOO_LARGE: { retryable: false },
  LF_RECORD_EVENT_TRUNCATED: { retryable: false },
  LF_RECORD_FORMAT_UNKNOWN: { retryable: false },
  LF_RECORD_NO_WASM: { retryable: false },
  LF_RECORD_RULE_INVALID: { retryable: false },
} as const

/** A code of {@link recordErrors}. */
export type RecordErrorCode = keyof typeof recordErrors

/** What `@logflow/record` throws. */
export class RecordError extends LogflowError<RecordErrorCode> {
  override readonly name = 'RecordError'
  constructor(code: RecordErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...recordErrors[code] })
  }
}
