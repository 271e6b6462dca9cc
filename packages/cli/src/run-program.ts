import { LogflowError, type Logger } from '@logflow/core'
import { parseCommandLine, type CommandLine } from './command-line.ts'
import { CliError, UsageError } from './errors.ts'
import type { FlagTable, OptionValues } from './flag.ts'
import { helpText } from './help.ts'
import { openOutput, type Output } from './output.ts'
import { createProgramLogger, type ProgramLogger } from './program-logger.ts'
import {
  commonFlags,
  environmentName,
  longName,
  type CommonFlags,
  type LogLevel,
  type Program,
  type Shell,
} from './program.ts'
import { resolveOptions, type ResolvedOptions } from './resolve-options.ts'
import { watchSignals } from './shutdown.ts'

/** What a program's main function gets. */
export interface Run<F extends FlagTable> {
  readonly options: OptionValues<F>
  /** Keys of the options that somebody set, on the command line, in the environment or in the config file. */
  readonly given: ReadonlySet<string>
  readonly operands: readonly string[]
  /** Events on stderr. */
  readonly logger: Logger
  /** Aborts when the program shall drain and return. */
  readonly signal: AbortSignal
  /**
   * `call` is asked first when a person hits Ctrl-C; when it says true, the program goes on as if nothing was. Returns
   * the function that ends that.
   */
  readonly onInterrupt: (call: () => boolean) => () => void
  readonly stdout: Output
  readonly stderr: Output
}

interface Prepared {
  readonly resolved: ResolvedOptions
  readonly operands: readonly string[]
}

/**
 * Reads the command line, runs `main`, and turns the way it ended into an exit code: what `main` returns, 0 when it
 * was asked to stop or the reader of stdout left, 2 for usage and configuration, 1 for everything else, such as a disk
 * that is full.
 * `process.exitCode = await runProgram(…)`.
 */
export async function runProgram<F extends FlagTable>(
  program: Program<F>,
  main: (run: Run<F>) => Promise<number | void>,
): Promise<number> {
  const stdout = openOutput(process.stdout)
  const stderr = openOutput(process.stderr)
  let prepared: Prepared | number
  try {
    prepared = await prepare(program, stdout)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    if (error.code === 'LF_CLI_OUTPUT') return (await outputFailed(program, stdout, stderr)) ? 1 : 0
    await stderr.write(`${program.name}: ${error.message}\nTry '${program.name} --help'.\n`)
    return 2
  }
  const code = typeof prepared === 'number' ? prepared : await runMain(program, main, { ...prepared, stdout, stderr })
  return (await outputFailed(program, stdout, stderr)) ? Math.max(code, 1) : code
}

/** Whether something that was written to stdout is lost, which is told. */
async function outputFailed(program: Program<FlagTable>, stdout: Output, stderr: Output): Promise<boolean> {
  // The failure of a last write is told one turn later.
  await new Promise(resolve => setImmediate(resolve))
  if (!stdout.failure) return false
  await stderr.write(`${program.name}: ${causes(stdout.failure)}\n`)
  return true
}

/** Everything before `main`. A number is the exit code of a call that only asked something. */
async function prepare(program: Program<FlagTable>, stdout: Output): Promise<Prepared | number> {
  const common = commonFlags(program)
  const flags: FlagTable = { ...common, ...program.flags }
  const line = parseCommandLine(process.argv.slice(2), flags, program.syntax ?? 'gnu')
  if (await answered(program, line, stdout)) return 0
  const configPath = program.syntax === 'go' ? undefined : line.values.get('config')?.at(-1)
  const resolved = resolveOptions(program, flags, { commandLine: line.values, environment: process.env, configPath })
  if (resolved.values.printConfig === true) {
    await stdout.write(configText(program, flags, resolved))
    return 0
  }
  checkOperands(program, line.operands)
  return { resolved, operands: line.operands }
}

/** Calls that only ask about the program. Returns whether it was one. */
async function answered(program: Program<FlagTable>, line: CommandLine, stdout: Output): Promise<boolean> {
  const common = commonFlags(program)
  const shell = line.values.get('completion')?.at(-1)
  if (line.values.has('help')) await stdout.write(helpText(program, program.flags, common))
  else if (line.values.has('version')) await stdout.write(program.versionText ?? `${program.name} ${program.version}\n`)
  else if (line.values.has('man')) {
    const { manPage } = await import('./man-page.ts')
    await stdout.write(manPage(program, program.flags, common))
  } else if (shell !== undefined) {
    const { completionScript } = await import('./completion.ts')
    await stdout.write(completionScript(program, { ...program.flags, ...common }, shellOf(common, shell)))
  } else return false
  return true
}

/** @throws UsageError for a shell that is not known */
function shellOf({ completion }: CommonFlags, name: string): Shell {
  try {
    return completion.parse(name) as Shell
  } catch (cause) {
    throw new UsageError(`completion: ${(cause as Error).message}`, { cause })
  }
}

function checkOperands({ operands, usage }: Program<FlagTable>, given: readonly string[]): void {
  const { min = 0, max = Infinity, name = 'argument' } = operands ?? { max: 0 }
  if (given.length < min) throw new UsageError(`missing ${name}; usage: ${usage[0] ?? ''}`)
  if (given.length > max) throw new UsageError(`unexpected argument ${JSON.stringify(given[max])}`)
}

function configText(program: Program<FlagTable>, flags: FlagTable, { values, origins }: ResolvedOptions): string {
  const rows = Object.entries(flags).map(([key, flag]) => {
    const spelling = [`--${longName(key, flag)}`, environmentName(program, key, flag)].filter(Boolean).join(', ')
    return `${key} = ${JSON.stringify(values[key]) ?? 'unset'}  (${origins[key]}; ${spelling})`
  })
  return `${rows.join('\n')}\n`
}

async function runMain<F extends FlagTable>(
  program: Program<F>,
  main: (run: Run<F>) => Promise<number | void>,
  { resolved, operands, stdout, stderr }: Prepared & { readonly stdout: Output; readonly stderr: Output },
): Promise<number> {
  const { values, origins } = resolved
  const log = createProgramLogger({
    name: program.name,
    level: (program.syntax === 'go' ? (program.logLevel ?? 'info') : values.logLevel) as LogLevel,
    format: values.logFormat === 'auto' ? (stderr.isTerminal ? 'text' : 'json') : (values.logFormat as 'text' | 'json'),
  })
  const watch = watchSignals(log.logger, values.shutdownTimeout as number)
  stdout.onClosed(() => watch.stop('the reader of stdout'))
  try {
    const code = await main({
      options: values as OptionValues<F>,
      given: new Set(Object.keys(origins).filter(key => origins[key] !== 'default')),
      operands,
      logger: log.logger,
      signal: watch.signal,
      onInterrupt: call => watch.onInterrupt(call),
      stdout,
      stderr,
    })
    return code ?? 0
  } catch (error) {
    return await failed(program, error, { watch, stdout, stderr, log })
  } finally {
    watch.close()
    await log.flush()
  }
}

async function failed(
  program: Program<FlagTable>,
  error: unknown,
  {
    watch,
    stdout,
    stderr,
    log,
  }: { watch: { readonly signal: AbortSignal }; stdout: Output; stderr: Output; log: ProgramLogger },
): Promise<number> {
  if (stdout.closed) return 0
  if (watch.signal.aborted && (error === watch.signal.reason || (error as Error | undefined)?.name === 'AbortError'))
    return 0
  await log.flush()
  const usage = error instanceof CliError && error.code !== 'LF_CLI_OUTPUT'
  if (LogflowError.is(error)) await stderr.write(`${program.name}: ${causes(error)}\n`)
  else await stderr.write(`${program.name}: unexpected ${(error as Error | undefined)?.stack ?? String(error)}\n`)
  return usage ? 2 : 1
}

/** The message and why, down the chain. */
function causes(error: Error): string {
  const lines: string[] = []
  for (let at: unknown = error; at instanceof Error && lines.length < 5; at = at.cause) {
    if (!lines.some(line => line.includes(at.message))) lines.push(at.message)
  }
  return lines.join(': ')
}
