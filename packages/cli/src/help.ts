import type { Flag, FlagTable } from './flag.ts'
import { environmentName, longName, type Program } from './program.ts'

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
  sections.push(`Options:\n${flagRows(program, own)}`, `Common options:\n${flagRows(program, common)}`)
  const examples = program.examples.map(({ run, does }) => `  ${run}\n      ${does}`)
  if (examples.length > 0) sections.push(`Examples:\n${examples.join('\n')}`)
  const exits = Object.entries(program.exitCodes ?? DEFAULT_EXITS).map(([code, meaning]) => `  ${code}  ${meaning}`)
  sections.push(`Exit codes:\n${exits.join('\n')}`)
  return `${sections.join('\n\n')}\n`
}

function flagRows(program: Program<FlagTable>, flags: FlagTable): string {
  const rows = Object.entries(flags)
    .filter(([, flag]) => !flag.hidden)
    .map(([key, flag]) => [spellings(program, key, flag), description(program, key, flag)] as const)
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)))
  return rows
    .map(([left, right]) =>
      left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
    )
    .join('\n')
}

function spellings(program: Program<FlagTable>, key: string, flag: Flag<unknown>): string {
  const dashes = program.syntax === 'go' ? '-' : '--'
  const names = [longName(key, flag), ...(flag.aliases ?? [])].map(name => `${dashes}${name}`)
  const all = flag.short ? [`-${flag.short}`, ...names] : names
  return `${all.join(', ')}${flag.value ? ` ${flag.value}` : ''}`
}

function description(program: Program<FlagTable>, key: string, flag: Flag<unknown>): string {
  const variable = environmentName(program, key, flag)
  const notes = [flag.defaultText && `default ${flag.defaultText}`, variable].filter(Boolean)
  return notes.length > 0 ? `${flag.help} [${notes.join(', ')}]` : flag.help
}
