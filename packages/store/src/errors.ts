import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/store`, and whether trying again can help. */
export const storeErrors = {
  LF_STORE_CLOSED: { retryable: false },
  LF_STORE_ENTRY: { retryable: false },
  LF_STORE_FULL: { retryable: true },
  LF_STORE_LOCKED: { retryable: true },
  LF_STORE_READ: { retryable: true },
  LF_STORE_STREAM: { retryable: false },
  LF_STORE_WRITE: { retryable: true },
} as const

/** A code of {@link storeErrors}. */
export type StoreErrorCode = keyof typeof storeErrors

/** What `@logflow/store` throws. */
export class StoreError extends LogflowError<StoreErrorCode> {
  override readonly name = 'StoreError'
  constructor(code: StoreErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...storeErrors[code] })
  }
}

/** A failed write, sync or creation: a full disk has its own code, because the other side treats it differently. */
export function writeError(message: string, cause: unknown, detail?: Readonly<Record<string, unknown>>): StoreError {
  const code = systemCode(cause)
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  return new StoreError(full ? 'LF_STORE_FULL' : 'LF_STORE_WRITE', message, { cause, detail: { ...detail, code } })
}

/** The `code` of an error of the operating system, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
