import { defaultFormatNames } from '@logflow/record'
import { requestedLogFormat, type PlanOptions } from './plan.ts'
import type { Query } from './query.ts'

const common = ['$line', '$empty', '$hostname', '$server', '$timezone', '$timeoffset']

const knownNames: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['default', new Set([...common, ...defaultFormatNames])],
  ['generic', new Set(common)],
  ['generickv', new Set(common)],
  ['csv', new Set(common)],
])

/**
 * One line for each `$name` that the query uses, does not set, and that its log format does not give: such a field is
 * missing on every line, which is seldom meant. Sorted by name. Nothing for formats whose names are not known before.
 */
export function queryWarnings(query: Query, options: PlanOptions = {}): string[] {
  const format = requestedLogFormat(query, options)
  const known = knownNames.get(format)
  if (!known) return []
  return [...usedVariables(query)]
    .filter(name => !known.has(name))
    .sort()
    .map(
      name =>
        `warning: ${name} is not a known variable for log format ${JSON.stringify(format)}; ` +
        `did you mean bareword ${name.slice(1)}?`,
    )
}

function usedVariables({ select, where, set, groupBy }: Query): Set<string> {
  const operands = where.flatMap(({ left, right }) => [left, right])
  const names = [
    ...select.map(item => item.field),
    ...groupBy,
    ...operands.flatMap(operand => (operand.kind === 'field' ? [operand.name] : [])),
    ...set.map(assignment => assignment.argument),
  ]
  const assigned = new Set(set.map(assignment => assignment.variable))
  return new Set(names.filter(name => name.startsWith('$') && !assigned.has(name)))
}
