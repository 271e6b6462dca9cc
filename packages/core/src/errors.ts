import { LogflowError, type ErrorFacts } from './logflow-error.ts'

/** Every code of `@logflow/core`, and whether trying again can help. */
export const coreErrors = {
  LF_CORE_CHANNEL_CLOSED: { retryable: false },
  LF_CORE_CHANNEL_FULL: { retryable: true },
  LF_CORE_RESUME_TOKEN: { retryable: false },
  LF_CORE_UNKNOWN_DELIVERY: { retryable: false },
} as const

/** A code of {@link coreErrors}. */
export type CoreErrorCode = keyof typeof coreErrors

/** What `@logflow/core` throws. */
export class CoreError extends LogflowError<CoreErrorCode> {
  override readonly name = 'CoreError'
  constructor(code: CoreErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...coreErrors[code] })
  }
}
