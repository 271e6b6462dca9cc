import { nearestName } from '@logflow/core'
import { QueryError } from './errors.ts'

const INVALID = 'Invalid query: '
const CLAUSE = 'failed to parse query tokens: '

/** What a query error says beside its message. */
export interface SyntaxProblem {
  /** Index in the query text of the word that is wrong; the length of the text when it ends too early. */
  readonly position: number
  /** What should stand there. */
  readonly expected: string
  /** The word that was probably meant. */
  readonly nearest?: string | undefined
}

/** The word that is nearest to one that is none of the candidates; one of two letters could be anything. */
export function meantWord(word: string, candidates: readonly string[]): string | undefined {
  return word.length > 2 ? nearestName(word, candidates) : undefined
}

/**
 * What a query error knows beyond its message, for a person: `at character 8, expected one of …; did you mean where?`. Empty for
 * other errors.
 */
export function explainQueryError(error: unknown): string {
  if (!(error instanceof QueryError) || error.code !== 'LF_QUERY_SYNTAX') return ''
  const { position, expected, nearest } = error.detail as unknown as SyntaxProblem
  const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`
  return `at character ${position + 1}, expected ${expected}${meant}`
}

/** An error inside a clause, in the words of DTail's parser. */
export function clauseError(problem: string, detail: SyntaxProblem): QueryError {
  return syntaxError(`${CLAUSE}${INVALID}${problem}`, detail)
}

/** An error of a function expression, which DTail words without its usual prefix. */
export function functionError(problem: string, detail: SyntaxProblem): QueryError {
  return syntaxError(`${CLAUSE}${problem}`, detail)
}

/** An error of the query as a whole. */
export function queryError(problem: string, detail: SyntaxProblem): QueryError {
  return syntaxError(`${INVALID}${problem}`, detail)
}

/** The query ends where a word is needed. */
export function unexpectedEnd(detail: SyntaxProblem): QueryError {
  return clauseError('Unexpected end of query', detail)
}

function syntaxError(message: string, { position, expected, nearest }: SyntaxProblem): QueryError {
  const meant = nearest === undefined ? {} : { nearest }
  return new QueryError('LF_QUERY_SYNTAX', message, { detail: { position, expected, ...meant } })
}
