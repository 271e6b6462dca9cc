import { describe, expect, it } from 'vitest'
import { lineFilterPattern } from './line-filter.ts'
import { parseQuery } from './parser.ts'
import { planQuery } from './plan.ts'
import { queryWarnings } from './query-warnings.ts'

describe('planQuery', () => {
  it('chooses the format: the query, else generic without a table, else the configured default', () => {
    expect(planQuery(parseQuery('select a')).logFormat).toBe('generic')
    expect(planQuery(parseQuery('select a from X')).logFormat).toBe('default')
    expect(planQuery(parseQuery('select a from X'), { defaultLogFormat: 'generickv' }).logFormat).toBe('generickv')
    expect(planQuery(parseQuery('select a from X logformat csv'), { defaultLogFormat: 'generickv' }).logFormat).toBe(
      'csv',
    )
  })

  it('asks lines for each field once, and not for what is set before', () => {
    const query = parseQuery('select a,$v,max(a) where b == 1 and $v eq a set $v = c $w = $v group by $w,d')
    expect(planQuery(query).fields).toEqual(['b', '$v', 'a', 'c', 'd'])
  })
})

describe('lineFilterPattern', () => {
  it.each([
    ['select a', '.'],
    ['select a logformat csv', '.'],
    ['select a from *', '\\|MAPREDUCE:\\|'],
    ['select a from stats', '\\|MAPREDUCE:STATS\\|'],
  ])('of %s is %s', (text, pattern) => {
    expect(lineFilterPattern(parseQuery(text))).toBe(pattern)
  })
})

describe('queryWarnings', () => {
  it('names the variables that the format does not give, sorted', () => {
    const query = parseQuery('select $y,$time,$v,count(z) from X where $a eq "1" set $v = $w group by $hostname')
    expect(queryWarnings(query)).toEqual(
      ['$a', '$w', '$y'].map(
        name =>
          `warning: ${name} is not a known variable for log format "default"; did you mean bareword ${name.slice(1)}?`,
      ),
    )
  })

  it('knows fewer for the other formats and says nothing about unknown ones', () => {
    expect(queryWarnings(parseQuery('select $time logformat csv'))).toHaveLength(1)
    expect(queryWarnings(parseQuery('select $time logformat mimecast'))).toEqual([])
  })
})
