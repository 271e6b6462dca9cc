import { UsageError } from '@logflow/cli'
import { explainQueryError, lineFilterPattern, parseQuery, type Query } from '@logflow/query'

/** A query that a person wrote, and the pattern of the lines it is about. @throws UsageError that says where it is wrong */
export function readQuery(text: string): { readonly query: Query; readonly pattern: string } {
  try {
    const query = parseQuery(text)
    return { query, pattern: lineFilterPattern(query) }
  } catch (cause) {
    const explanation = explainQueryError(cause)
    const where = explanation === '' ? '' : ` (${explanation})`
    throw new UsageError(`Can't parse mapr query: ${(cause as Error).message}${where}`, { cause })
  }
}
