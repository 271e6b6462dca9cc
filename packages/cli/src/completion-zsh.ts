import type { CompletionFacts } from './completion-facts.ts'
import type { Completes } from './flag.ts'
import type { OptionFacts } from './option-facts.ts'

/** For zsh: `source <(program --completion zsh)`, or a file `_program` in a folder of `$fpath`. */
export function zshCompletion(facts: CompletionFacts): string {
  const { name, options, operands } = facts
  const call = `_${name.replace(/\W/g, '_')}`
  const specs = options.flatMap(option => specsOf(facts, option))
  if (operands !== 'nothing') specs.push(quoted(`*:operand:${offer(operands)}`))
  return `#compdef ${name}
# zsh completion of ${name}
${call}() {
  _arguments ${specs.join(' \\\n    ')}
}
if [[ "\${funcstack[1]}" == ${call} ]]; then
  ${call} "$@"
else
  compdef ${call} ${name}
fi
`
}

/** One specification per spelling; each rules out the other ones, unless the option may be repeated. */
function specsOf({ oneDash }: CompletionFacts, option: OptionFacts): string[] {
  const { names, value, help, repeatable } = option
  return names.map(name => {
    const others = repeatable ? '*' : names.length > 1 ? `(${names.join(' ')})` : ''
    const long = oneDash ? name.length > 2 : name.startsWith('--')
    const takes = value === undefined ? '' : `:${escaped(value)}:${valueOf(option)}`
    return quoted(`${others}${name}${value !== undefined && long ? '=' : ''}[${escaped(help)}]${takes}`)
  })
}

function valueOf({ choices, completes }: OptionFacts): string {
  return choices.length > 0 ? `(${choices.join(' ')})` : offer(completes)
}

function offer(completes: Completes): string {
  switch (completes) {
    case 'file':
      return '_files'
    case 'folder':
      return '_files -/'
    case 'files':
      return '_sequence _files'
    case 'nothing':
      return ' '
  }
}

/** Brackets and colons separate the parts of a specification. */
function escaped(content: string): string {
  return content.replace(/[[\]:\\]/g, '\\$&')
}

function quoted(content: string): string {
  return `'${content.replaceAll("'", `'\\''`)}'`
}
