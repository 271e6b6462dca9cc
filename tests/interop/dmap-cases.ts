import { Random } from '@logflow/testkit'

/** One question to dmap: the query, with `OUT` for the path of an outfile, and the content of the only file. */
export interface MapCase {
  readonly query: string
  readonly log: string
}

const fieldNames = [
  'a',
  'b',
  'c',
  'host',
  'ms',
  'a_key_of_more_than_sixteen',
  'a_key_of_even_more_than_thirty_two_bytes',
  'é',
]
const plainValues = [
  '0',
  '1',
  '2',
  '7',
  '10',
  '42',
  '100',
  '99999',
  '12345678',
  '123456789',
  '2.5',
  '0.25',
  '-3',
  '+5',
  '0.1',
  '-0',
  '.5',
  '5.',
  '007',
]
const oddValues = [
  '',
  'x',
  'y z',
  'é',
  'ünï©ode',
  'a=b',
  '1e3',
  '1E-2',
  '0x1p4',
  '0x10',
  '1_000',
  '1e400',
  '-1e400',
  '9'.repeat(400),
  '99999999999999999999',
]
const moreOddValues = [
  '0.000001',
  '123456789.123456789',
  '1e-320',
  '1e308',
  '-',
  '.',
  '1.2.3',
  ' 5',
  'Inf',
  '+inf',
  '-Infinity',
  '4'.repeat(15),
  '4'.repeat(17),
  '\t',
  '日語',
  '1,5',
  'select',
]
const hosts = ['web1', 'web2', 'web1.example.org', 'db', '']
const formats = ['default', 'generic', 'generickv', 'csv'] as const
const variables = [
  '$severity',
  '$loglevel',
  '$time',
  '$date',
  '$hour',
  '$minute',
  '$second',
  '$pid',
  '$caller',
  '$cpus',
  '$goroutines',
  '$cgocalls',
  '$loadavg',
  '$uptime',
]
const tables = ['STATS', 'STATS', 'STATS', 'STATS', 'STATS', 'STATS', 'stats', 'OTHER', '*', '.', 'STAT.']
const common = ['*', '$line', '$empty', '$hostname', '$server']

/** A case that a seed decides. */
export function randomCase(seed: number): MapCase {
  const random = new Random(seed)
  const format = random.oneIn(2) ? 'default' : random.pick(formats)
  // Where a value is no number at all, the order of rows by it is nobody's promise.
  const hasNaN = random.oneIn(10)
  const values = [...plainValues, ...plainValues, ...oddValues, ...moreOddValues, ...(hasNaN ? ['NaN', 'nan'] : [])]
  const keys = fieldNames.filter(() => !random.oneIn(3))
  return { query: randomQuery(random, { format, hasNaN, keys }), log: randomLog(random, { format, values, keys }) }
}

interface LogFacts {
  readonly format: (typeof formats)[number]
  readonly values: readonly string[]
  readonly keys: readonly string[]
}

function randomLog(random: Random, { format, values, keys }: LogFacts): string {
  const count = random.oneIn(30) ? 0 : 1 + random.below(random.oneIn(10) ? 60 : 12)
  const valueOf = (key: string): string =>
    key === 'host' ? random.pick(hosts) : random.pick(random.oneIn(4) ? values : plainValues)
  const cells =
    format === 'csv'
      ? (cell: string): string => cell.replaceAll(',', ';')
      : (cell: string): string => cell.replaceAll('|', '!')
  const lines: string[] = []
  if (format === 'csv') lines.push(keys.join(','))
  for (let i = 0; i < count; i++) {
    const present = keys.filter(() => !random.oneIn(6))
    if (format === 'csv')
      lines.push(
        keys
          .slice(0, keys.length - (random.oneIn(6) ? 1 : 0))
          .map(key => cells(valueOf(key)))
          .join(',') + (random.oneIn(25) ? ',extra' : ''),
      )
    else if (format === 'generic')
      lines.push(random.oneIn(8) ? '' : `${random.pick(values)} ${random.pick(hosts)} ${i}`)
    else
      lines.push(
        (format === 'default' ? statsHead(random) : [])
          .concat(pairsOf(random, present, key => cells(valueOf(key)), format === 'default'))
          .join('|'),
      )
  }
  if (lines.length === 0) return '' // an empty line lets the original hang in generickv
  const ends = random.oneIn(10) ? '\r\n' : '\n'
  const text = lines.map(line => (random.oneIn(15) ? ` ${line}\t` : line)).join(ends)
  return random.oneIn(6) ? text : text + ends
}

function statsHead(random: Random): string[] {
  const time = random.oneIn(3) ? '20211002-071143' : `1002-0711${10 + random.below(50)}`
  const table = random.oneIn(10) ? random.pick(['OTHER', 'STATSX', '', 'stats']) : 'STATS'
  const severity = random.oneIn(10) ? random.pick(['WARN', 'INFORM', 'ERROR', '']) : 'INFO'
  const head = [
    severity,
    time,
    String(random.below(3)),
    'stats.go:56',
    '8',
    String(random.below(40)),
    '7',
    `0.${random.below(100)}`,
    '471h0m21s',
    `MAPREDUCE:${table}`,
  ]
  return random.oneIn(30) ? head.slice(0, random.below(10)) : head
}

function pairsOf(random: Random, keys: readonly string[], valueOf: (key: string) => string, odd: boolean): string[] {
  const pairs = keys.map(key => `${key}=${valueOf(key)}`)
  if (random.oneIn(12)) pairs.push(`a=${valueOf('a')}`)
  if (random.oneIn(25)) pairs.push('=nameless')
  if (random.oneIn(40)) pairs.push('$time=never')
  // In generickv such a part lets the original hang.
  if (odd && random.oneIn(25)) pairs.push('no pair')
  if (!odd && pairs.length === 0) pairs.push('z=1')
  return pairs
}

interface QueryFacts {
  readonly format: (typeof formats)[number]
  readonly hasNaN: boolean
  readonly keys: readonly string[]
}

function randomQuery(random: Random, { format, hasNaN, keys }: QueryFacts): string {
  const known = format === 'generic' ? [] : keys
  const fields = [
    ...known,
    ...known,
    ...known,
    ...known,
    ...fieldNames.slice(0, 3),
    ...common,
    ...(format === 'default' ? variables : []),
  ]
  const field = (): string => random.pick(fields)
  const sets = random.oneIn(3)
    ? Array.from({ length: 1 + random.below(3) }, (_, i) => setOf(random, `$v${i}`, field))
    : []
  const assigned = sets.map(([name]) => name)
  const selectable = (): string => (assigned.length > 0 && random.oneIn(3) ? random.pick(assigned) : field())
  const select = [...new Set(Array.from({ length: 1 + random.below(5) }, () => itemOf(random, selectable)))]
  const clauses = [`select ${select.join(random.pick([',', ', ', ' ']))}`]
  if (format === 'default' ? !random.oneIn(20) : random.oneIn(20)) clauses.push(`from ${random.pick(tables)}`)
  if (random.oneIn(4))
    clauses.push(
      `where ${Array.from({ length: 1 + random.below(2) }, () => conditionOf(random, field)).join(random.pick([' and ', ' ', ' AND ', ', ']))}`,
    )
  if (sets.length > 0) clauses.push(`set ${sets.map(set => set.join(' ')).join(random.pick([', ', ' ']))}`)
  if (!random.oneIn(5))
    clauses.push(
      `group ${random.pick(['by ', '', 'by '])}${Array.from({ length: 1 + (random.oneIn(3) ? random.below(3) : 0) }, selectable).join(',')}`,
    )
  clauses.push(...resultClauses(random, hasNaN ? [] : select))
  if (format !== 'default' || random.oneIn(6)) clauses.push(`logformat ${format}`)
  const [first = '', ...rest] = clauses
  const ordered = random.oneIn(4) ? [...rest, first] : [first, ...rest]
  return ordered.join(' ')
}

/** What is said about the result; it may be ordered by some items. */
function resultClauses(random: Random, ordered: readonly string[]): string[] {
  const clauses: string[] = []
  if (ordered.length > 0 && random.oneIn(3))
    clauses.push(`${random.pick(['order by', 'rorder by', 'order'])} ${random.pick(ordered)}`)
  if (random.oneIn(3)) clauses.push(`limit ${random.pick([0, 1, 2, 5, 50, -1, -5])}`)
  const outfile = random.oneIn(4) ? random.pick(['outfile "OUT"', 'outfile append "OUT"']) : undefined
  // Where reports are appended, one on the way would show.
  if (outfile?.includes('append')) clauses.push('interval 600')
  else if (random.oneIn(8)) clauses.push(`interval ${random.pick([1, 5, 60])}`)
  if (outfile !== undefined) clauses.push(outfile)
  return clauses
}

function itemOf(random: Random, field: () => string): string {
  const aggregation = random.pick(['count', 'sum', 'min', 'max', 'avg', 'last', 'len', 'percentage', 'percentile', ''])
  return aggregation === '' ? field() : `${aggregation}(${field()})`
}

function setOf(
  random: Random,
  variable: string,
  field: () => string,
): [variable: string, operator: string, value: string] {
  const inner = random.pick([field(), field(), '42', '"a text"', `\`${field()}\``, 'word'])
  const bare = inner.startsWith('"') || inner.startsWith('`') ? field() : inner
  return [
    variable,
    '=',
    random.pick([inner, inner, `md5sum(${bare})`, `maskdigits(${bare})`, `md5sum(maskdigits(${bare}))`]),
  ]
}

function conditionOf(random: Random, field: () => string): string {
  if (random.oneIn(2)) {
    const operator = random.pick(['==', '!=', '<', '<=', '=<', '>', '>=', '=>'])
    const number = random.pick(['5', '2.5', '-1', '1e2', '0', field()])
    return random.oneIn(4) ? `${number} ${operator} ${field()}` : `${field()} ${operator} ${number}`
  }
  const operator = random.pick([
    'eq',
    'ne',
    'contains',
    'ncontains',
    'lacks',
    'hasprefix',
    'nhasprefix',
    'hassuffix',
    'NHASSUFFIX',
  ])
  const text = random.pick(['"web1"', '"1"', '"e"', '" "', `"é"`, field(), '$empty'])
  return `${field()} ${operator} ${text}`
}
