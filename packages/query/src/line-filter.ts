import type { Query } from './query.ts'

/** Characters with a meaning in a pattern. */
const META = /[.+*?^$[\]{}()|\\]/

/**
 * The pattern (RE2 syntax) of the lines that a query is about, for the grep that runs before it. The table goes in as
 * it is written, as DTail does. Without a table, or with `.`, every line that is not empty.
 */
export function lineFilterPattern({ table }: Query): string {
  if (isEverything(table)) return '.'
  return table === '*' ? '\\|MAPREDUCE:\\|' : `\\|MAPREDUCE:${table}\\|`
}

/**
 * What a line must hold to pass the {@link lineFilterPattern}: empty when every line passes, `undefined` when the pattern
 * is no plain text.
 */
export function lineFilterText({ table }: Query): string | undefined {
  if (isEverything(table)) return ''
  if (table === '*') return '|MAPREDUCE:|'
  return META.test(table) ? undefined : `|MAPREDUCE:${table}|`
}

function isEverything(table: string): boolean {
  return table === '' || table === '.'
}
