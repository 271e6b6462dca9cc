import { QueryError } from './errors.ts'

const INVALID = 'Invalid query: '
const CLAUSE = 'failed to parse query tokens: '

/** What a query error says beside its message. */
export interface SyntaxProblem {
  /** Index in the query text of the word that is wrong; the length of the text when it ends too early. */
  readonly position: number
  /** What should stand there. */
  readonly expected: string
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

function syntaxError(message: string, { position, expected }: SyntaxProblem): QueryError {
  return new QueryError('LF_QUERY_SYNTAX', message, { detail: { position, expected } })
}
