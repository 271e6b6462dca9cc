import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/serve`, and whether trying again can help. */
export const serveErrors = {
  /** The address cannot be listened on: in use, or not allowed. */
  LF_SERVE_LISTEN: { retryable: true },
  /** What a client asked for is not served: outside of the directory, hidden, ignored, special, not there. */
  LF_SERVE_PATH: { retryable: false },
} as const

/** A code of {@link serveErrors}. */
export type ServeErrorCode = keyof typeof serveErrors

/** What `@logflow/serve` throws. */
export class ServeError extends LogflowError<ServeErrorCode> {
  override readonly name = 'ServeError'
  constructor(code: ServeErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...serveErrors[code] })
  }
}
