import { getSystemErrorName } from 'node:util'
import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/sendfile-native`, and whether trying again can help. */
export const sendfileErrors = {
  /** The native engine was asked for by name and is not there; `message` says why. */
  LF_SENDFILE_UNSUPPORTED: { retryable: false },
  /** The fanout was closed. */
  LF_SENDFILE_CLOSED: { retryable: false },
  /** A transfer could not start: no descriptor left, not a regular file, file already closed. */
  LF_SENDFILE_START: { retryable: true },
  /** Reading the file failed on the way. */
  LF_SENDFILE_READ: { retryable: false },
} as const

/** A code of {@link sendfileErrors}. */
export type SendfileErrorCode = keyof typeof sendfileErrors

/** What `@logflow/sendfile-native` throws, and what a failed transfer carries. */
export class SendfileError extends LogflowError<SendfileErrorCode> {
  override readonly name = 'SendfileError'
  constructor(code: SendfileErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...sendfileErrors[code] })
  }
}

/** The error of a job that failed with `errno` before the byte at `offset`. */
export function readError(errno: number, offset: number): SendfileError {
  const detail = { offset, errno: getSystemErrorName(-errno) }
  return new SendfileError('LF_SENDFILE_READ', 'cannot read the file', { detail })
}
