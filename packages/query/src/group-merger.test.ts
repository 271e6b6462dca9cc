import { describe, expect, it } from 'vitest'
import { GroupMerger } from './group-merger.ts'
import { parseQuery } from './parser.ts'
import type { PartialGroup } from './partial-group.ts'

function group(key: string, values: Record<string, number | string>, samples = 1): PartialGroup {
  return { key, samples, values: new Map(Object.entries(values)) }
}

function rows(text: string, ...groups: PartialGroup[]): (readonly string[])[] {
  const merger = new GroupMerger(parseQuery(text))
  for (const item of groups) merger.merge([item])
  return merger.rows().map(row => row.values)
}

describe('GroupMerger', () => {
  it('adds, compares and replaces, by aggregation', () => {
    const text = 'select count(a),sum(a),min(a),max(a),avg(a),last(a),len(a) group by k'
    const first = group(
      'x',
      { 'count(a)': 2, 'sum(a)': 3, 'min(a)': 1, 'max(a)': 2, 'avg(a)': 3, 'last(a)': 'p', 'len(a)': 'p' },
      2,
    )
    const second = group(
      'x',
      { 'count(a)': 1, 'sum(a)': 4.5, 'min(a)': -1, 'max(a)': 0, 'avg(a)': 4.5, 'last(a)': 'é', 'len(a)': 'é' },
      1,
    )
    expect(rows(text, first, second)).toEqual([['3', '7.500000', '-1.000000', '2.000000', '2.500000', 'é', '2.000000']])
  })

  it('takes numbers as text, as they come from the wire', () => {
    const text = 'select count($line),avg($goroutines),last($time) group by $hostname'
    const message = group(
      'h1.example.org',
      { 'count($line)': '597', 'avg($goroutines)': '6942', 'last($time)': '1002-071949' },
      597,
    )
    expect(rows(text, message)).toEqual([['597', '11.628141', '1002-071949']])
  })

  it('counts a value that one server lacks as 0 or as the empty text', () => {
    const text = 'select min(a),last(b),count(c) group by k'
    expect(
      rows(text, group('x', { 'min(a)': 5, 'last(b)': 'v', 'count(c)': 1 }), group('x', { 'count(c)': 1 })),
    ).toEqual([['0.000000', '', '2']])
    expect(rows(text, group('x', { 'count(c)': 1 }))).toEqual([['0.000000', '', '1']])
  })

  it('passes over groups without values and values that are no numbers', () => {
    expect(rows('select sum(a)', group('x', {}))).toEqual([])
    expect(rows('select sum(a),avg(a)', group('x', { 'sum(a)': 'many' }, 7))).toEqual([['0.000000', '0.000000']])
  })

  it('sorts by the bytes of the key, then by the order item', () => {
    const groups = ['b', '\u{1f600}', '\uffee', 'a'].map(key => group(key, { 'count(a)': 1, k: key }))
    expect(rows('select k,count(a) group by k', ...groups).map(row => row[0])).toEqual([
      'a',
      'b',
      '\uffee',
      '\u{1f600}',
    ])
    const numbered = [3, 10, 10, 1].map((n, i) => group(`g${i}`, { n: String(n), k: `g${i}` }))
    expect(rows('select n,k group by k order by n', ...numbered).map(row => row[1])).toEqual(['g1', 'g2', 'g0', 'g3'])
    expect(rows('select n,k group by k rorder by n', ...numbered).map(row => row[1])).toEqual(['g3', 'g0', 'g1', 'g2'])
  })

  it('orders by the average that is shown, not by the sum', () => {
    const groups = [group('a', { 'avg(x)': 10 }, 10), group('b', { 'avg(x)': 5 }, 1)]
    expect(rows('select avg(x) group by k order by avg(x)', ...groups)).toEqual([['5.000000'], ['1.000000']])
  })

  it('gives shares and ranks over all groups', () => {
    const groups = [1, 3, 3, 13].map((n, i) => group(`g${i}`, { 'percentage(x)': n, 'percentile(x)': n }))
    expect(rows('select percentage(x),percentile(x) group by k', ...groups)).toEqual([
      ['5.000000', '25.000000'],
      ['15.000000', '75.000000'],
      ['15.000000', '75.000000'],
      ['65.000000', '100.000000'],
    ])
    expect(rows('select percentage(x) group by k', group('a', { 'percentage(x)': 0 }))).toEqual([['0.000000']])
  })

  it('fails by name when the groups are too many', () => {
    const merger = new GroupMerger(parseQuery('select a'), { maxGroups: 1 })
    merger.merge([group('a', { a: '1' }), group('a', { a: '2' })])
    expect(() => merger.merge([group('b', { a: '1' })])).toThrow(
      expect.objectContaining({ code: 'LF_QUERY_TOO_MANY_GROUPS', detail: { limit: 1 } }),
    )
    merger.clear()
    expect(merger.rows()).toEqual([])
  })
})
