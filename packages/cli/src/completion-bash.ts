import type { CompletionFacts } from './completion-facts.ts'
import type { Completes } from './flag.ts'
import type { OptionFacts } from './option-facts.ts'

/** For bash 3.2 and later: `source <(program --completion bash)`, or a file in its folder of completions. */
export function bashCompletion(facts: CompletionFacts): string {
  const { name, options, operands } = facts
  const call = `_${name.replace(/\W/g, '_')}`
  return `# bash completion of ${name}
${call}() {
  local IFS=$'\\n' cur=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD-1]} head
  COMPREPLY=()
  # bash makes three words of --option=value.
  if [[ $cur == = ]]; then cur=
  elif [[ $option == = ]]; then option=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case $option in
${options.map(option => valueCase(facts, option)).join('')}  esac
${dashLines(facts)}  ${offer(operands)}
}
complete -F ${call} ${name}
`
}

/** After an option with a value nothing else is offered, even where nothing is known of the value. */
function valueCase(facts: CompletionFacts, option: OptionFacts): string {
  if (option.value === undefined) return ''
  const spellings = bothDashes(facts, option).join('|')
  const offered = option.choices.length > 0 ? `COMPREPLY=(${wordsOf(option.choices)})` : offer(option.completes)
  return `    ${spellings}) ${offered}; return ;;\n`
}

/** Options, with as many dashes as were written. */
function dashLines({ oneDash, options }: CompletionFacts): string {
  const names = options.flatMap(option => option.names)
  const offered = oneDash
    ? [
        `  if [[ $cur == --* ]]; then COMPREPLY=(${wordsOf(names.map(name => `-${name}`))}); return; fi`,
        `  if [[ $cur == -* ]]; then COMPREPLY=(${wordsOf(names)}); return; fi`,
      ]
    : [`  if [[ $cur == -* ]]; then COMPREPLY=(${wordsOf(names)}); return; fi`]
  return offered.map(line => `${line}\n`).join('')
}

function wordsOf(words: readonly string[]): string {
  return `$(IFS=' '; compgen -W ${quoted(words.join(' '))} -- "$cur")`
}

function bothDashes({ oneDash }: CompletionFacts, { names }: OptionFacts): readonly string[] {
  return oneDash ? names.flatMap(name => [name, `-${name}`]) : names
}

function offer(completes: Completes): string {
  const likeFiles = 'compopt -o filenames 2>/dev/null'
  switch (completes) {
    case 'file':
      return `COMPREPLY=($(compgen -f -- "$cur")); ${likeFiles}`
    case 'folder':
      return `COMPREPLY=($(compgen -d -- "$cur")); ${likeFiles}`
    case 'files':
      // Only what stands behind the last comma is being written.
      return `head=\${cur%"\${cur##*,}"}; COMPREPLY=($(compgen -f -P "$head" -- "\${cur##*,}")); compopt -o nospace 2>/dev/null`
    case 'nothing':
      return ':'
  }
}

function quoted(content: string): string {
  return `'${content.replaceAll("'", `'\\''`)}'`
}
