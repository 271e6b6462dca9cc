/**
 * What every program needs: flag table, logger, signals, exit codes, safe terminal output.
 *
 * @packageDocumentation
 */
export { CliError, cliErrors, UsageError, type CliErrorCode } from './errors.ts'
export {
  flag,
  type Completes,
  type Flag,
  type FlagFacts,
  type FlagInit,
  type FlagTable,
  type IntegerFlagInit,
  type ChoiceFlagInit,
  type ListFlagInit,
  type OptionalFlagInit,
  type OptionValues,
} from './flag.ts'
export { formatBytes, formatDurationMs, parseBytes, parseDurationMs } from './units.ts'
export { openOutput, type Output } from './output.ts'
export { createProgress, type Progress, type ProgressOptions } from './progress.ts'
export type { Example, LogLevel, OperandFacts, Program } from './program.ts'
export { readOption } from './read-option.ts'
export { requiredOptions } from './required-options.ts'
export { runProgram, type Run } from './run-program.ts'
export { safeText } from './safe-text.ts'
export { startStatusServer, type StatusServer, type StatusServerOptions } from './status-server.ts'
