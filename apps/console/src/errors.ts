import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of console, and whether trying again can help. */
export const consoleErrors = {
  LF_CONSOLE_LISTEN: { retryable: true },
} as const

/** A code of {@link consoleErrors}. */
export type ConsoleErrorCode = keyof typeof consoleErrors

/** What console throws. */
export class ConsoleError extends LogflowError<ConsoleErrorCode> {
  override readonly name = 'ConsoleError'
  constructor(code: ConsoleErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...consoleErrors[code] })
  }
}
