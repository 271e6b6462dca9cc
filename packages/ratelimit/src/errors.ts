import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/ratelimit`, and whether trying again can help. */
export const ratelimitErrors = {
  LF_RATELIMIT_TOO_LARGE: { retryable: false },
} as const

/** A code of {@link ratelimitErrors}. */
export type RatelimitErrorCode = keyof typeof ratelimitErrors

/** What `@logflow/ratelimit` throws. */
export class RatelimitError extends LogflowError<RatelimitErrorCode> {
  override readonly name = 'RatelimitError'
  constructor(code: RatelimitErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...ratelimitErrors[code] })
  }
}
