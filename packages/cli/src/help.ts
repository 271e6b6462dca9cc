import type { FlagTable } from './flag.ts'
import { optionFacts, type OptionFacts } from './option-facts.ts'
import type { Program } from './program.ts'

const DEFAULT_EXITS: Readonly<Record<number, string>> = {
  0: 'done, or stopped by SIGINT or SIGTERM after a clean drain',
  1: 'failed; the reason is the last line on stderr',
  2: 'wrong usage or configuration',
}

/** The text of `--help`. */
export function helpText(program: Program<FlagTable>, own: FlagTable, common: FlagTable): string {
  const sections = [
    `${program.name}: ${program.summary}`,
    `Usage:\n${program.usage.map(line => `  ${line}`).join('\n')}`,
  ]
  if (program.operands) sections.push(`  ${program.operands.name}: ${program.operands.help}`)
  sections.push(`Options:\n${rows(optionFacts(program, own))}`)
  sections.push(`Common options:\n${rows(optionFacts(program, common))}`)
  const examples = program.examples.map(({ run, does }) => `  ${run}\n      ${does}`)
  if (examples.length > 0) sections.push(`Examples:\n${examples.join('\n')}`)
  const exits = exitMeanings(program).map(([code, meaning]) => `  ${code}  ${meaning}`)
  sections.push(`Exit codes:\n${exits.join('\n')}`)
  return `${sections.join('\n\n')}\n`
}

/** Every exit code with its meaning, as text. */
export function exitMeanings({ exitCodes }: Program<FlagTable>): readonly (readonly [code: string, meaning: string])[] {
  return Object.entries(exitCodes ?? DEFAULT_EXITS)
}

function rows(options: readonly OptionFacts[]): string {
  const table = options.map(option => [spellings(option), description(option)] as const)
  const width = Math.min(34, Math.max(...table.map(([left]) => left.length)))
  return table
    .map(([left, right]) =>
      left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
    )
    .join('\n')
}

function spellings({ names, value }: OptionFacts): string {
  return `${names.join(', ')}${value === undefined ? '' : ` ${value}`}`
}

function description({ help, notes }: OptionFacts): string {
  return notes.length > 0 ? `${help} [${notes.join(', ')}]` : help
}
