import { flag, type Completes, type Flag, type FlagTable } from './flag.ts'

/** A call and what it does, for `--help`, the man page and the README. */
export interface Example {
  readonly run: string
  readonly does: string
}

/** What stands on the command line besides flags. */
export interface OperandFacts {
  readonly name: string
  readonly help: string
  /** Fewest. @defaultValue 0 */
  readonly min?: number
  /** Most. @defaultValue no limit */
  readonly max?: number
  /** What a shell offers for one. @defaultValue by the name, as for the value of a flag */
  readonly completes?: Completes
}

/** Everything about a program's command line in one place. */
export interface Program<F extends FlagTable> {
  readonly name: string
  readonly version: string
  /** One sentence. */
  readonly summary: string
  /** One line per form of the command line. */
  readonly usage: readonly string[]
  readonly flags: F
  /** `go`: `-x`, `-x=v`, `--x v`; flags end at the first operand. @defaultValue `gnu` */
  readonly syntax?: 'gnu' | 'go'
  /** Without it the program takes no operands. */
  readonly operands?: OperandFacts
  readonly examples: readonly Example[]
  /** Meaning of each exit code, for `--help`. @defaultValue 0 done, 1 failed, 2 usage */
  readonly exitCodes?: Readonly<Record<number, string>>
  /** The whole text of `--version`. @defaultValue `<name> <version>` */
  readonly versionText?: string
  /** Logger level when nobody says. @defaultValue `info` */
  readonly logLevel?: LogLevel
}

/** Levels of the program's own log. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'
/** Shells whose completion a program can write. */
export type Shell = 'bash' | 'zsh' | 'fish'
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']

/** The flags that every program has. Their keys are reserved. */
export interface CommonFlags extends Record<string, Flag<unknown>> {
  readonly help: Flag<boolean>
  readonly version: Flag<boolean>
  readonly completion: Flag<Shell | undefined>
  readonly man: Flag<boolean>
  readonly logLevel: Flag<LogLevel>
  readonly logFormat: Flag<'auto' | 'text' | 'json'>
  readonly config: Flag<string | undefined>
  readonly printConfig: Flag<boolean>
  readonly shutdownTimeout: Flag<number>
}

/** Common flags, with the spelling that fits the syntax. The DTail family has its own `-logLevel`; ours is `-log-level`. */
export function commonFlags(program: Program<FlagTable>): CommonFlags {
  const go = program.syntax === 'go'
  return {
    help: flag.boolean({ short: 'h', env: false, help: 'Show this help.' }),
    version: flag.boolean({ env: false, help: 'Show the version.' }),
    completion: flag.choice<Shell, undefined>({
      value: 'SHELL',
      choices: ['bash', 'zsh', 'fish'],
      default: undefined,
      env: false,
      help: 'Show the completion script for a shell: bash, zsh or fish.',
    }),
    man: flag.boolean({ env: false, help: 'Show the manual page, as roff: | man -l -' }),
    logLevel: flag.choice({
      value: 'LEVEL',
      choices: LEVELS,
      default: program.logLevel ?? 'info',
      hidden: go,
      help: `Least important event to log: ${LEVELS.join(', ')}.`,
    }),
    logFormat: flag.choice({
      value: 'FORMAT',
      choices: ['auto', 'text', 'json'],
      default: 'auto',
      help: 'Events on stderr as text or JSON lines; auto is text on a terminal.',
    }),
    config: flag.text({
      value: 'FILE',
      default: undefined,
      env: false,
      hidden: go,
      help: 'JSON file with any of these options by their key; flags and environment win.',
    }),
    printConfig: flag.boolean({
      env: false,
      hidden: go,
      help: 'Show every option with its value and origin, then exit.',
    }),
    shutdownTimeout: flag.duration({
      value: 'TIME',
      default: 10_000,
      hidden: go,
      help: 'How long a stopping program may drain; then what is left is logged and it ends.',
    }),
  }
}

/** `maxBytes` as `max-bytes`. */
export function longName(key: string, { spelling }: Pick<Flag<unknown>, 'spelling'>): string {
  return spelling ?? key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

/** The environment variable of a flag, or `undefined`. */
export function environmentName(program: Program<FlagTable>, key: string, { env }: Flag<unknown>): string | undefined {
  if (env === false || (env === undefined && program.syntax === 'go')) return undefined
  return env ?? `${program.name}_${key.replace(/[A-Z]/g, letter => `_${letter}`)}`.replaceAll('-', '_').toUpperCase()
}
