import { isLogFormat, type LogFormatName } from '@logflow/record'
import type { Query } from './query.ts'

/** How a query will be answered: the query, and how lines are read for it. */
export interface Plan {
  readonly query: Query
  /** How lines are read. */
  readonly logFormat: LogFormatName
  /** The format that was asked for, when there is no such one and `generic` stands in: worth an error in the log. */
  readonly unknownLogFormat: string | undefined
  /** Names of the fields that the query needs from a line, each once. */
  readonly fields: readonly string[]
}

/** Options of {@link planQuery}. */
export interface PlanOptions {
  /** Format of lines when the query has a `from` and no `logformat`. @defaultValue 'default' */
  readonly defaultLogFormat?: string | undefined
}

/** Decides the log format and which fields are needed. Never fails: an unknown format becomes `generic`, as in DTail. */
export function planQuery(query: Query, options: PlanOptions = {}): Plan {
  const asked = requestedLogFormat(query, options)
  const known = isLogFormat(asked)
  return {
    query,
    logFormat: known ? asked : 'generic',
    unknownLogFormat: known ? undefined : asked,
    fields: neededFields(query),
  }
}

/** The format that the query asks for: its `logformat`; without `from` `generic`; else the configured default. */
export function requestedLogFormat(query: Query, { defaultLogFormat }: PlanOptions = {}): string {
  if (query.logFormat !== undefined) return query.logFormat
  if (query.table === '') return 'generic'
  return defaultLogFormat === undefined || defaultLogFormat === '' ? 'default' : defaultLogFormat
}

function neededFields({ select, where, set, groupBy }: Query): string[] {
  const names = new Set<string>()
  const assigned = new Set<string>()
  const need = (name: string): void => void (assigned.has(name) || names.add(name))
  for (const { left, right } of where) {
    for (const operand of [left, right]) if (operand.kind === 'field') names.add(operand.name)
  }
  for (const { variable, argument } of set) {
    need(argument)
    assigned.add(variable)
  }
  groupBy.forEach(need)
  select.forEach(item => need(item.field))
  return [...names]
}
