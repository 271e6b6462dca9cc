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

/** Something was searched for in a folder that is away, see `HomeFolder`. */
export class FolderAway extends Error {
  override readonly name = 'FolderAway'
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

/** Whether the error says that a file, or its folder, went away while it was being opened. */
export function isVanished(error: unknown): boolean {
  return isMissing(error) || error instanceof FolderAway || (error instanceof TailerError && isMissing(error.cause))
}

/** Whether the error may be over soon: no descriptor to spare just now, a handle that its server has forgotten, a folder that is away. */
export function isPassing(error: unknown): boolean {
  const code = systemCode(error instanceof TailerError ? error.cause : error)
  return error instanceof FolderAway || code === 'EMFILE' || code === 'ENFILE' || code === 'ESTALE'
}
