import type { Completes, Flag, FlagTable } from './flag.ts'
import { environmentName, longName, type OperandFacts, type Program } from './program.ts'

/** An option as people see it: in the help, in the manual page and in a shell. */
export interface OptionFacts {
  /** Every spelling with its dashes, the short one first: `-p`, `--port`. */
  readonly names: readonly string[]
  /** Name of the value; a switch has none. */
  readonly value: string | undefined
  readonly choices: readonly string[]
  readonly completes: Completes
  readonly repeatable: boolean
  /** One sentence. */
  readonly help: string
  /** The default and the environment variable, for brackets behind the sentence. */
  readonly notes: readonly string[]
}

/** The options of a table that are not hidden, in its order. */
export function optionFacts(program: Program<FlagTable>, flags: FlagTable): readonly OptionFacts[] {
  const shown = Object.entries(flags).filter(([, flag]) => flag.hidden !== true)
  return shown.map(([key, flag]) => ({
    names: namesOf(program, key, flag),
    value: flag.value,
    choices: flag.choices ?? [],
    completes: flag.completes ?? completesBy(flag.value),
    repeatable: flag.kind === 'list',
    help: flag.help,
    notes: notesOf(program, key, flag),
  }))
}

/** What a shell offers where no option is being written. */
export function operandCompletes(operands: OperandFacts | undefined): Completes {
  return operands ? (operands.completes ?? completesBy(operands.name)) : 'nothing'
}

function namesOf({ syntax }: Program<FlagTable>, key: string, flag: Flag<unknown>): string[] {
  const dashes = syntax === 'go' ? '-' : '--'
  const names = [longName(key, flag), ...(flag.aliases ?? [])].map(name => `${dashes}${name}`)
  return flag.short ? [`-${flag.short}`, ...names] : names
}

function notesOf(program: Program<FlagTable>, key: string, flag: Flag<unknown>): string[] {
  const variable = environmentName(program, key, flag)
  return [...(flag.defaultText === '' ? [] : [`default ${flag.defaultText}`]), ...(variable ? [variable] : [])]
}

function completesBy(valueName: string | undefined): Completes {
  if (valueName === 'DIR') return 'folder'
  return valueName === 'FILE' || valueName === 'PATH' || valueName === 'GLOB' ? 'file' : 'nothing'
}
