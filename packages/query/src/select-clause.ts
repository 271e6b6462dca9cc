import type { SelectItem } from './query.ts'
import { clauseError, meantWord } from './syntax-error.ts'
import type { Token } from './tokenizer.ts'

const aggregations = ['count', 'sum', 'min', 'max', 'avg', 'last', 'len', 'percentage', 'percentile'] as const
/** Which quantiles people ask for most; any from p0.001 to p99.999 is there. */
const quantiles = ['p50', 'p95', 'p99'] as const
const quantile = /^p(\d{1,2}(?:\.\d{1,3})?)$/

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
  const storage = text
  const field = closed[0] as string
  const percent = Number(quantile.exec(name)?.[1] ?? 0)
  if (percent > 0) return { storage, field, aggregation: 'quantile', percent }
  if (!isAggregation(name))
    throw clauseError(`Unknown aggregation in 'select' clause: ${name}`, {
      position,
      expected: [...aggregations, ...quantiles].join(' or '),
      nearest: meantWord(name.toLowerCase(), [...aggregations, ...quantiles]),
    })
  return { storage, field, aggregation: name }
}

function isAggregation(name: string): name is (typeof aggregations)[number] {
  return aggregations.some(known => known === name)
}
