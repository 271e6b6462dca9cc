import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/compress`, and whether trying again can help. */
export const compressErrors = {
  LF_COMPRESS_CORRUPT: { retryable: false },
  LF_COMPRESS_LIMIT: { retryable: false },
  LF_COMPRESS_TRUNCATED: { retryable: true },
  LF_COMPRESS_UNSUPPORTED: { retryable: false },
} as const

/** A code of {@link compressErrors}. */
export type CompressErrorCode = keyof typeof compressErrors

/** What `@logflow/compress` throws. */
export class CompressError extends LogflowError<CompressErrorCode> {
  override readonly name = 'CompressError'
  constructor(code: CompressErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...compressErrors[code] })
  }
}
