import { bashCompletion } from './completion-bash.ts'
import { fishCompletion } from './completion-fish.ts'
import { zshCompletion } from './completion-zsh.ts'
import type { CompletionFacts } from './completion-facts.ts'
import type { FlagTable } from './flag.ts'
import { operandCompletes, optionFacts } from './option-facts.ts'
import type { Program, Shell } from './program.ts'

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
