import type { Query } from './query.ts'

/**
 * The pattern (RE2 syntax) of the lines that a query is about, for the grep that runs before it. The table goes in as
 * it is written, as DTail does. Without a table, or with `.`, every line that is not empty.
 */
export function lineFilterPattern({ table }: Query): string {
  if (table === '' || table === '.') return '.'
  return table === '*' ? '\\|MAPREDUCE:\\|' : `\\|MAPREDUCE:${table}\\|`
}
