import { bashCompletion } from './completion-bash.ts'
import { fishCompletion } from './completion-fish.ts'
import { zshCompletion } from './completion-zsh.ts'
import type { Completes, FlagTable } from './flag.ts'
import { operandCompletes, optionFacts, type OptionFacts } from './option-facts.ts'
import type { Program, Shell } from './program.ts'

/** What a completion script is made of. */
export interface CompletionFacts {
  readonly name: string
  /** One dash before every name, as Go's flags have it; two are taken as well. */
  readonly oneDash: boolean
  readonly options: readonly OptionFacts[]
  readonly operands: Completes
}

const writers: Readonly<Record<Shell, (facts: CompletionFacts) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
}

/** The script that teaches a shell the options of a program, their values and what its operands are. */
export function completionScript(program: Program<FlagTable>, flags: FlagTable, shell: Shell): string {
  return writers[shell]({
    name: program.name,
    oneDash: program.syntax === 'go',
    options: optionFacts(program, flags),
    operands: operandCompletes(program.operands),
  })
}
