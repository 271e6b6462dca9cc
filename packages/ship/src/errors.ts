import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/ship`, and whether trying again can help. */
export const shipErrors = {
  LF_SHIP_CLOSED: { retryable: false },
  LF_SHIP_DEVICES: { retryable: true },
  LF_SHIP_GAVE_UP: { retryable: true },
  LF_SHIP_IDENTITY: { retryable: false },
  LF_SHIP_REFUSED: { retryable: true },
  LF_SHIP_SPOOL_FULL: { retryable: true },
  LF_SHIP_SPOOL_LOCKED: { retryable: true },
  LF_SHIP_SPOOL_READ: { retryable: true },
  LF_SHIP_SPOOL_WRITE: { retryable: true },
} as const

/** A code of {@link shipErrors}. */
export type ShipErrorCode = keyof typeof shipErrors

/** What `@logflow/ship` throws. */
export class ShipError extends LogflowError<ShipErrorCode> {
  override readonly name = 'ShipError'
  constructor(code: ShipErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...shipErrors[code] })
  }
}

/** The `code` of an error of the operating system, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** A failed write of the spool: a full disk has its own code. */
export function spoolWriteError(message: string, cause: unknown): ShipError {
  const code = systemCode(cause)
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  return new ShipError(full ? 'LF_SHIP_SPOOL_FULL' : 'LF_SHIP_SPOOL_WRITE', message, { cause, detail: { code } })
}
