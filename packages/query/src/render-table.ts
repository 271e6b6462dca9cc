import { DEFAULT_TABLE_ROWS } from './limits.ts'
import type { Query } from './query.ts'
import type { ResultRow } from './result-row.ts'

/** What a title stands over. */
export interface TitleRole {
  /** The rows are ordered by it. */
  readonly sortKey: boolean
  /** The rows are grouped by it. */
  readonly groupKey: boolean
}

/** Colours the pieces of a table; each gets its text with the blanks around it and returns what to print. */
export interface TablePaint {
  readonly title?: (text: string, role: TitleRole) => string
  /** Bars between titles, and the line below them. */
  readonly titleDelimiter?: (text: string) => string
  readonly cell?: (text: string) => string
  readonly delimiter?: (text: string) => string
}

/** Options of {@link renderTable}. */
export interface TableOptions {
  /** Rows at most when the query has no `limit`; negative: all. @defaultValue 10 */
  readonly limit?: number | undefined
  readonly paint?: TablePaint | undefined
}

const encoder = new TextEncoder()

/**
 * The rows as a table for a terminal, titles first, each line with its `\n`. A column is as wide as the bytes of its
 * widest cell over all rows, shown or not; cells are filled up by characters.
 */
export function renderTable(query: Query, rows: readonly ResultRow[], options: TableOptions = {}): string {
  const { limit = DEFAULT_TABLE_ROWS, paint = {} } = options
  const { title = plain, titleDelimiter = plain, cell = plain, delimiter = plain } = paint
  const { select, groupBy, orderBy } = query
  const widths = columnWidths(query, rows)
  const titles = select.map(({ storage }, column) =>
    title(padded(storage, widths[column] as number), {
      sortKey: storage === orderBy,
      groupKey: groupBy.includes(storage),
    }),
  )
  const rules = widths.map(width => titleDelimiter('-'.repeat(width + 2)))
  const lines = [titles.join(titleDelimiter('|')), rules.join(titleDelimiter('|'))]
  for (const { values } of limitRows(rows, query.limit === -1 ? limit : query.limit))
    lines.push(values.map((value, column) => cell(padded(value, widths[column] as number))).join(delimiter('|')))
  return lines.map(line => `${line}\n`).join('')
}

/** The first rows: a negative limit means all. */
export function limitRows(rows: readonly ResultRow[], limit: number): readonly ResultRow[] {
  return limit < 0 ? rows : rows.slice(0, limit)
}

function columnWidths({ select }: Query, rows: readonly ResultRow[]): number[] {
  const widths = select.map(({ storage }) => encoder.encode(storage).length)
  for (const { values } of rows) {
    for (const [column, value] of values.entries())
      // A character is at most three bytes: most cells need no encoding to be found narrower.
      if (value.length * 3 > (widths[column] as number))
        widths[column] = Math.max(widths[column] as number, encoder.encode(value).length)
  }
  return widths
}

function padded(text: string, width: number): string {
  return ` ${' '.repeat(Math.max(0, width - [...text].length))}${text} `
}

function plain(text: string): string {
  return text
}
