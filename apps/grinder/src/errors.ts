import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of grinder and narrate, and whether trying again can help. */
export const grinderErrors = {
  LF_GRINDER_LISTEN: { retryable: true },
  LF_GRINDER_LOCKED: { retryable: true },
  LF_GRINDER_RULES: { retryable: false },
  LF_GRINDER_STATE: { retryable: false },
  LF_GRINDER_WRITE: { retryable: true },
  LF_GRINDER_TOO_MUCH: { retryable: false },
} as const

/** A code of {@link grinderErrors}. */
export type GrinderErrorCode = keyof typeof grinderErrors

/** What grinder and narrate throw. */
export class GrinderError extends LogflowError<GrinderErrorCode> {
  override readonly name = 'GrinderError'
  constructor(code: GrinderErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...grinderErrors[code] })
  }
}
