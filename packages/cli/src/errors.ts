import { LogflowError, type ErrorFacts } from '@logflow/core'

/** Every code of `@logflow/cli`, and whether trying again can help. */
export const cliErrors = {
  LF_CLI_USAGE: { retryable: false },
  LF_CLI_CONFIG: { retryable: false },
  LF_CLI_OUTPUT: { retryable: false },
} as const

/** A code of {@link cliErrors}. */
export type CliErrorCode = keyof typeof cliErrors

/** What `@logflow/cli` throws. `LF_CLI_USAGE` and `LF_CLI_CONFIG` end a program with exit code 2. */
export class CliError extends LogflowError<CliErrorCode> {
  override readonly name: string = 'CliError'
  constructor(code: CliErrorCode, message: string, facts?: ErrorFacts) {
    super(code, message, { ...facts, ...cliErrors[code] })
  }
}

/** The command line or the configuration is wrong: one line on stderr, exit code 2. */
export class UsageError extends CliError {
  override readonly name = 'UsageError'
  constructor(message: string, facts?: ErrorFacts) {
    super('LF_CLI_USAGE', message, facts)
  }
}
