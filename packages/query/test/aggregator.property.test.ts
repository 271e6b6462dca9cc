import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Aggregator, parseQuery, planQuery } from '../src/index.ts'
import { batchOf, statsLine } from './batch.ts'

const value = fc.constantFrom('1', '2.5', '-3', '', 'x', 'é', '1e2', 'longer value')
const pairs = fc.array(fc.tuple(fc.constantFrom('k', 'v', 'w', 'kk'), value), { minLength: 1, maxLength: 5 })
const lines = fc.array(pairs, { maxLength: 60 })

interface Expected {
  samples: number
  count: number
  sum: number | undefined
  last: string | undefined
}

/** The same with one object per line. */
function expected(rows: readonly [string, string][][]): Map<string, Expected> {
  const groups = new Map<string, Expected>()
  for (const row of rows) {
    const fields = new Map(row)
    const [v, w] = [fields.get('v'), fields.get('w')]
    if (v === undefined && w === undefined) continue
    const key = `${fields.get('k') ?? ''},${fields.get('kk') ?? ''}`
    const group = groups.get(key) ?? { samples: 0, count: 0, sum: undefined, last: undefined }
    const number = v === undefined || v === '' ? NaN : Number(v)
    if (!Number.isNaN(number)) group.sum = (group.sum ?? 0) + number
    if (v !== undefined) group.count++
    group.last = w ?? group.last
    group.samples++
    groups.set(key, group)
  }
  return groups
}

describe('Aggregator', () => {
  it('sums up what a row of objects sums up, however the lines are cut into batches', () => {
    const plan = planQuery(parseQuery('from STATS select count(v),sum(v),last(w) group by k,kk'))
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 9 }), (rows, size) => {
        const aggregator = new Aggregator(plan, { hostname: 'h' })
        for (let at = 0; at < rows.length; at += size) {
          const text = rows.slice(at, at + size).map(row => statsLine(row.map(pair => pair.join('=')).join('|')))
          aggregator.add(batchOf(text.join('')))
        }
        const groups = aggregator.take()
        const wanted = expected(rows)
        expect(groups.map(group => group.key)).toEqual([...wanted.keys()])
        for (const { key, samples, values } of groups) {
          const group = wanted.get(key) as Expected
          expect(samples).toBe(group.samples)
          expect(values.get('count(v)') ?? 0).toBe(group.count)
          expect(values.get('sum(v)')).toBe(group.sum)
          expect(values.get('last(w)')).toBe(group.last)
        }
      }),
    )
  })

  it('keeps tens of thousands of groups apart', () => {
    const aggregator = new Aggregator(planQuery(parseQuery('from STATS select count(v),last(v) group by v')), {
      hostname: 'h',
    })
    for (let round = 0; round < 2; round++) {
      const text = Array.from({ length: 30_000 }, (_, i) => statsLine(`v=${i}`)).join('')
      aggregator.add(batchOf(text))
    }
    const groups = aggregator.take()
    expect(groups).toHaveLength(30_000)
    expect(groups.every(group => group.samples === 2 && group.values.get('last(v)') === group.key)).toBe(true)
  })
})
