import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of the programs of this app. */
export const uploaderErrors = {
  LF_UPLOADER_CERTIFICATE: { retryable: false },
  LF_UPLOADER_KMSG: { retryable: false },
  LF_UPLOADER_SOURCE: { retryable: false },
} as const

/** A code of {@link uploaderErrors}. */
export type UploaderErrorCode = keyof typeof uploaderErrors

/** What uploader, logos and devcert throw themselves. */
export class UploaderError extends LogflowError<UploaderErrorCode> {
  override readonly name = 'UploaderError'
  constructor(code: UploaderErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...uploaderErrors[code] })
  }
}
