import type { FlagTable } from './flag.ts'
import { exitMeanings } from './help.ts'
import { optionFacts, type OptionFacts } from './option-facts.ts'
import type { Program } from './program.ts'

/** The manual page of a program, section 1, in roff with the `man` macros. */
export function manPage(program: Program<FlagTable>, own: FlagTable, common: FlagTable): string {
  const { name, version, summary, usage, operands, examples } = program
  const described = [`${name} ${lowerFirst(summary)}`, ...(operands ? [`${operands.name}: ${operands.help}`] : [])]
  return [
    `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`${name} ${version}`)} "User Commands"`,
    section('NAME', `${text(name)} \\- ${text(lowerFirst(summary).replace(/\.$/, ''))}`),
    section('SYNOPSIS', usage.map(line => text(line)).join('\n.br\n')),
    section('DESCRIPTION', described.map(text).join('\n.PP\n')),
    section('OPTIONS', optionFacts(program, own).map(optionEntry).join('\n')),
    section('COMMON OPTIONS', optionFacts(program, common).map(optionEntry).join('\n')),
    section(
      'EXIT STATUS',
      exitMeanings(program)
        .map(([code, meaning]) => entry(bold(code), meaning))
        .join('\n'),
    ),
    ...(examples.length === 0
      ? []
      : [section('EXAMPLES', examples.map(({ run, does }) => entry(bold(run), does)).join('\n'))]),
    '',
  ].join('\n')
}

function section(title: string, content: string): string {
  return `.SH ${quoted(title)}\n${content}`
}

/** A term, and below it, indented, what it means. */
function entry(term: string, meaning: string): string {
  return `.TP\n${term}\n${text(meaning)}`
}

function optionEntry({ names, value, help, notes }: OptionFacts): string {
  const spellings = names.map(bold).join(', ')
  const term = value === undefined ? spellings : `${spellings} \\fI${text(value)}\\fR`
  return entry(term, notes.length > 0 ? `${help} [${notes.join(', ')}]` : help)
}

function bold(content: string): string {
  return `\\fB${text(content)}\\fR`
}

/** Text that means itself: backslashes, dashes and quotes stay what they are, a line that begins with a dot is no request. */
function text(content: string): string {
  const escaped = content
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replaceAll('"', '\\(dq')
  const ascii = escaped.replace(/[^\0-\x7f]/gu, character => `\\[u${codeOf(character)}]`)
  return ascii.replace(/^\./gm, '\\&.')
}

function codeOf(character: string): string {
  return (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')
}

/** An argument of a macro. */
function quoted(argument: string): string {
  return `"${text(argument)}"`
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}
