import type { Query } from './query.ts'
import { limitRows } from './render-table.ts'
import type { ResultRow } from './result-row.ts'

/** Options of {@link renderCsv}. */
export interface CsvOptions {
  /** Whether the line of column names comes first. @defaultValue true */
  readonly header?: boolean | undefined
}

/**
 * The rows as an outfile holds them: values joined by commas, nothing quoted or escaped, each line with its `\n`. The
 * query's `limit` applies.
 */
export function renderCsv(query: Query, rows: readonly ResultRow[], { header = true }: CsvOptions = {}): string {
  const lines = header ? [query.select.map(item => item.storage).join(',')] : []
  for (const { values } of limitRows(rows, query.limit)) lines.push(values.join(','))
  return lines.map(line => `${line}\n`).join('')
}
