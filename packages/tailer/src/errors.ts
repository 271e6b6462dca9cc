import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/tailer`, and whether trying again can help. */
export const tailerErrors = {
  LF_TAILER_CHECKPOINT: { retryable: true },
  LF_TAILER_CLOSED: { retryable: false },
  LF_TAILER_GLOB: { retryable: false },
  LF_TAILER_JOURNAL: { retryable: true },
  LF_TAILER_NOT_A_FILE: { retryable: false },
  LF_TAILER_OPEN: { retryable: true },
  LF_TAILER_PACKED: { retryable: false },
  LF_TAILER_READ: { retryable: true },
} as const

/** A code of {@link tailerErrors}. */
export type TailerErrorCode = keyof typeof tailerErrors

/** What `@logflow/tailer` throws. */
export class TailerError extends LogflowError<TailerErrorCode> {
  override readonly name = 'TailerError'
  constructor(code: TailerErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...tailerErrors[code] })
  }
}

/** `ENOENT` and its like, `undefined` when `error` does not come from the system. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
}

/** Whether the error says that the path names nothing. */
export function isMissing(error: unknown): boolean {
  const code = systemCode(error)
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP'
}

/** Whether the error says that a file went away while it was being opened. */
export function isVanished(error: unknown): boolean {
  return isMissing(error) || (error instanceof TailerError && isMissing(error.cause))
}

/** Whether the error says that there is no descriptor to spare just now. */
export function isScarcity(error: unknown): boolean {
  const code = systemCode(error instanceof TailerError ? error.cause : error)
  return code === 'EMFILE' || code === 'ENFILE'
}
