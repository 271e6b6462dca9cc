import { describe, expect, it } from 'vitest'
import { GroupMerger, parseQuery, renderCsv, renderTable } from '../src/index.ts'
import { answer, partials, statsLine } from './batch.ts'

const text = 'from STATS select p50(ms),p99.9(ms),count(ms) group by host order by p50(ms)'
const line = (host: string, ms: number | string): string => statsLine(`host=${host}|ms=${ms}`)
const lines = (host: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => line(host, from + i))

describe('quantiles', () => {
  it('are told within one percent, by group', () => {
    const [slow, fast] = answer(text, ...lines('slow', 1000, 2001), ...lines('fast', 1, 102))
    expect(Number(slow?.[0]) / 1500).toBeCloseTo(1, 1)
    expect(Number(slow?.[1]) / 1999).toBeCloseTo(1, 1)
    expect(Math.abs(Number(fast?.[0]) - 51)).toBeLessThanOrEqual(0.51)
    expect(slow?.[2]).toBe('1001')
  })

  it('do not depend on which server knew what', () => {
    const query = parseQuery(text)
    const all = lines('h', 1, 500)
    const rows = [1, 2, 7].map(servers => {
      const merger = new GroupMerger(query)
      for (let server = servers - 1; server >= 0; server--)
        merger.merge(partials(text, ...all.filter((_, index) => index % servers === server)))
      return merger.rows()
    })
    expect(rows[1]).toEqual(rows[0])
    expect(rows[2]).toEqual(rows[0])
    expect(renderCsv(query, rows[0] ?? [])).toMatch(/^p50\(ms\),p99\.9\(ms\),count\(ms\)\n\d+\.\d{6},\d+\.\d{6},499\n$/)
    expect(renderTable(query, rows[0] ?? [])).toContain(' p99.9(ms) |')
  })

  it('take numbers only, and are 0 without any', () => {
    expect(answer('from STATS select p50(ms),count(ms) group by host', line('h', 'x'), line('h', 'NaN'))).toEqual([
      ['0.000000', '2'],
    ])
  })

  it('ignore a value from the wire that is no sketch', () => {
    const merger = new GroupMerger(parseQuery(text))
    merger.merge([{ key: 'h', samples: 1, values: new Map([['p50(ms)', '17']]) }])
    expect(merger.rows()).toEqual([{ key: 'h', values: ['0.000000', '0.000000', '0'] }])
  })

  it('are between 0 and 100', () => {
    expect(parseQuery('select p0.5(a)').select[0]).toMatchObject({ aggregation: 'quantile', percent: 0.5 })
    for (const item of ['p0(a)', 'p100(a)', 'p(a)', 'p1e1(a)', 'P50(a)'])
      expect(() => parseQuery(`select ${item}`)).toThrow(/Unknown aggregation/)
  })
})
