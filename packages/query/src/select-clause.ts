import type { Aggregation, SelectItem } from './query.ts'
import { clauseError } from './syntax-error.ts'
import type { Token } from './tokenizer.ts'

const aggregations = ['count', 'sum', 'min', 'max', 'avg', 'last', 'len', 'percentage', 'percentile'] as const

/** `field`, `` `field(x)` `` or `aggregation(field)`, each. What follows the closing parenthesis only names the column. */
export function parseSelectItems(tokens: readonly Token[]): SelectItem[] {
  return tokens.map(parseItem)
}

function parseItem({ text, backticked, position }: Token): SelectItem {
  if (backticked || !/[()]/.test(text)) return { storage: text, field: text, aggregation: 'last' }
  const opened = text.split('(')
  if (opened.length !== 2)
    throw clauseError(`Can't parse 'select' aggregation: ${text}`, { position, expected: 'aggregation(field)' })
  const [name = '', rest = ''] = opened
  const closed = rest.split(')')
  if (closed.length !== 2)
    throw clauseError(`Can't parse 'select' field name from aggregation: ${text}`, {
      position,
      expected: 'aggregation(field)',
    })
  if (!isAggregation(name))
    throw clauseError(`Unknown aggregation in 'select' clause: ${name}`, {
      position,
      expected: aggregations.join(' or '),
    })
  return { storage: text, field: closed[0] as string, aggregation: name }
}

function isAggregation(name: string): name is Aggregation {
  return aggregations.some(known => known === name)
}
