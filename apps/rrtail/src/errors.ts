import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of rrtail, and whether trying again can help. */
export const rrtailErrors = {
  /** `[user@]host:path` with a part missing. */
  LF_RRTAIL_ORIGIN: { retryable: false },
  /** The server does not let us in, or its key is not the known one. */
  LF_RRTAIL_DENIED: { retryable: false },
  /** The file is not there, not readable, or not a regular file. */
  LF_RRTAIL_FILE: { retryable: false },
  /** The connection ended or never was. */
  LF_RRTAIL_CONNECTION: { retryable: true },
  /** `--max-retries` is used up. */
  LF_RRTAIL_RETRIES: { retryable: false },
  /** The state file is not ours, or of another file. */
  LF_RRTAIL_STATE: { retryable: false },
} as const

/** A code of {@link rrtailErrors}. */
export type RrtailErrorCode = keyof typeof rrtailErrors

/** What ends rrtail with exit code 1, or makes it try again. */
export class RrtailError extends LogflowError<RrtailErrorCode> {
  override readonly name = 'RrtailError'
  constructor(code: RrtailErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...rrtailErrors[code] })
  }
}
