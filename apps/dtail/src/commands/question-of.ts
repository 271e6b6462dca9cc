import { UsageError } from '@logflow/cli'
import type { Query } from '@logflow/query'
import type { Question } from '../client/question.ts'
import type { ClientName, ClientRun } from './client-run.ts'

/** What the command line asks, and the query in it, parsed. */
export interface AskedQuestion {
  readonly question: Question
  readonly query: Query | undefined
}

/** Reads flags and operands of a client. @throws UsageError */
export async function questionOf(name: ClientName, { options, operands }: ClientRun): Promise<AskedQuestion> {
  const positional = operandsOf(options.files === '' ? operands : [])
  const files = options.files === '' ? positional.files : itemsOf(options.files)
  checkFiles(files)
  const session = { plain: options.plain, quiet: options.plain || options.quiet }
  const text = takesQuery(name, options.query || positional.query)
  if (text === undefined) {
    const { max, before, after } = options
    const facts = { files, options: { ...session, max, before, after }, timeoutSeconds: 0 }
    const pattern = await patternOf(name, options)
    const mode = name === 'dtail' ? 'tail' : name === 'dgrep' ? 'grep' : 'cat'
    const question = { ...facts, mode, pattern, invert: options.invert === true } as const
    return { query: undefined, question }
  }
  const { readQuery } = await import('../client/read-query.ts')
  const { query, pattern } = readQuery(text)
  const facts = { files, options: session, query: text, timeoutSeconds: options.timeout ?? 0 }
  return { query, question: { ...facts, mode: name === 'dtail' ? 'tail' : 'cat', pattern, invert: false } }
}

/** The query of a program that takes one; dmap needs it. */
function takesQuery(name: ClientName, given: string | undefined): string | undefined {
  const text = given?.trim() ?? ''
  if (name === 'dmap' && text === '') throw new UsageError("No mapreduce query specified, use '-query' flag")
  return text === '' || (name !== 'dmap' && name !== 'dtail') ? undefined : text
}

/** A word with `select ` in it is the query, the first one only; the others are files. */
function operandsOf(operands: readonly string[]): { readonly files: readonly string[]; readonly query?: string } {
  const at = operands.findIndex(word => word.toLowerCase().includes('select '))
  if (at === -1) return { files: operands.flatMap(itemsOf) }
  return { files: operands.filter((_, index) => index !== at).flatMap(itemsOf), query: operands[at] as string }
}

function itemsOf(text: string): string[] {
  return text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '')
}

function checkFiles(files: readonly string[]): void {
  for (const file of files) {
    if (file.includes(' ')) throw new UsageError(`${JSON.stringify(file)}: DTail cannot carry a file name with a space`)
  }
}

async function patternOf(name: ClientName, options: ClientRun['options']): Promise<string> {
  if (name === 'dcat') return ''
  const pattern = options.grep || options.regex || '.'
  const { compilePattern } = await import('@logflow/match')
  try {
    compilePattern(pattern)
  } catch (cause) {
    throw new UsageError(`${JSON.stringify(pattern)} is no pattern: ${(cause as Error).message}`, { cause })
  }
  return pattern
}
