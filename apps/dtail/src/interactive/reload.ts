import { UsageError } from '@logflow/cli'
import { compilePattern } from '@logflow/match'
import type { Question } from '../client/question.ts'
import { readQuery } from '../client/read-query.ts'

const TRUTHS: Readonly<Record<string, boolean>> = { true: true, t: true, '1': true, false: false, f: false, '0': false }

/**
 * The question with what the flags in `words` change: `files plain quiet timeout`, and `query` or else
 * `regex grep invert before after max` where there is something to search.
 *
 * @throws UsageError or MatchError; nothing is changed then
 */
export function reloaded(question: Question, words: readonly string[]): Question {
  if (words.length === 0) throw new UsageError('reload requires flags to change')
  const known = flagsOf(question)
  const given = readFlags(words, known)
  const { files, mode, options, timeoutSeconds } = question
  const truth = (key: string, former: boolean | undefined): boolean => truthOf(key, given.get(key)) ?? former ?? false
  const number = (key: string, former: number | undefined): number => numberOf(key, given.get(key)) ?? former ?? 0
  const plain = truth('plain', options.plain)
  const common = {
    mode,
    files: given.has('files') ? filesOf(given.get('files') ?? '') : files,
    timeoutSeconds: number('timeout', timeoutSeconds),
  }
  const session = { plain, quiet: truth('quiet', options.quiet) || plain }
  const text = given.get('query')?.trim() || question.query
  if (text !== undefined) {
    return { ...common, options: session, query: text, pattern: readQuery(text).pattern, invert: false }
  }
  const pattern = (given.get('grep') || given.get('regex')) ?? question.pattern
  if (pattern !== '') compilePattern(pattern)
  const counts = {
    max: number('max', options.max),
    before: number('before', options.before),
    after: number('after', options.after),
  }
  return { ...common, options: { ...session, ...counts }, pattern, invert: truth('invert', question.invert) }
}

function flagsOf({ mode, query }: Question): ReadonlyMap<string, 'truth' | 'value'> {
  const flags: [string, 'truth' | 'value'][] = [
    ['files', 'value'],
    ['timeout', 'value'],
    ['plain', 'truth'],
    ['quiet', 'truth'],
  ]
  if (query !== undefined) flags.push(['query', 'value'])
  else if (mode !== 'cat') {
    flags.push(['invert', 'truth'])
    for (const name of ['regex', 'grep', 'before', 'after', 'max']) flags.push([name, 'value'])
  }
  return new Map(flags)
}

/** `-name value`, `--name=value`, and a truth alone. */
function readFlags(
  words: readonly string[],
  known: ReadonlyMap<string, 'truth' | 'value'>,
): ReadonlyMap<string, string> {
  const given = new Map<string, string>()
  for (let i = 0; i < words.length; i++) {
    const [, name = '', assigned] = /^--?([^=-][^=]*)(?:=(.*))?$/s.exec(words[i] ?? '') ?? []
    if (name === '') throw new UsageError(`unexpected arguments: ${words.slice(i).join(' ')}`)
    const kind = known.get(name)
    if (!kind) throw new UsageError(`-${name} cannot be changed; there are -${[...known.keys()].join(', -')}`)
    const value = assigned ?? (kind === 'truth' ? 'true' : words[++i])
    if (value === undefined) throw new UsageError(`-${name} needs a value`)
    given.set(name, value)
  }
  return given
}

function truthOf(name: string, text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  const truth = TRUTHS[text.toLowerCase()]
  if (truth === undefined) throw new UsageError(`-${name} is true or false`)
  return truth
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`-${name} is a number of zero or more`)
  return Number(text)
}

function filesOf(text: string): readonly string[] {
  const files = text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
  if (files.length === 0) throw new UsageError('no files to read')
  return files
}
