import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMetrics } from './metrics-text.ts'

describe('parseMetrics', () => {
  it('reads samples and shortens our own names', () => {
    const text =
      '# TYPE logflow_receiver_accepted_batches untyped\nlogflow_receiver_accepted_batches 17\nup{job="x"} 1 1700\n'
    expect(parseMetrics(text)).toEqual([
      { name: 'accepted batches', value: 17 },
      { name: 'up{job="x"}', value: 1 },
    ])
  })

  it('reads over what it does not understand and keeps at most 64 samples', () => {
    expect(parseMetrics('a NaN\nb\n 7\nc +Inf\n')).toEqual([])
    expect(parseMetrics('a 1\n'.repeat(1000))).toHaveLength(64)
    fc.assert(fc.property(fc.string(), text => void parseMetrics(text)))
  })
})
