import type { CompletionFacts } from './completion-facts.ts'
import type { Completes } from './flag.ts'
import type { OptionFacts } from './option-facts.ts'

/** For fish: `program --completion fish | source`, or a file `program.fish` in its folder of completions. */
export function fishCompletion(facts: CompletionFacts): string {
  const { name, options, operands } = facts
  const begin = `complete -c ${name}`
  const operandLine = operands === 'nothing' ? `${begin} -f` : operandLines(begin, operands)
  return [`# fish completion of ${name}`, operandLine, ...options.map(option => optionLine(begin, option)), ''].join(
    '\n',
  )
}

function optionLine(begin: string, { names, value, help, choices, completes }: OptionFacts): string {
  const spellings = names.map(spelling)
  const takes =
    value === undefined ? [] : [choices.length > 0 ? `-x -a ${quoted(choices.join(' '))}` : offer(completes)]
  return [begin, ...spellings, ...takes, `-d ${quoted(help)}`].join(' ')
}

/** Short, long with two dashes, or long with one. */
function spelling(name: string): string {
  if (name.startsWith('--')) return `-l ${name.slice(2)}`
  return name.length === 2 ? `-s ${name.slice(1)}` : `-o ${name.slice(1)}`
}

function offer(completes: Completes): string {
  switch (completes) {
    case 'file':
      return '-r -F'
    case 'folder':
      return `-x -a '(__fish_complete_directories)'`
    case 'files':
      return `-x -a '(__fish_complete_list , __fish_complete_path)'`
    case 'nothing':
      return '-x'
  }
}

function operandLines(begin: string, operands: Completes): string {
  return operands === 'folder' ? `${begin} -f -a '(__fish_complete_directories)'` : `${begin} -F`
}

function quoted(content: string): string {
  return `'${content.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
