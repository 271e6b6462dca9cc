import { describe, expect, it } from 'vitest'
import { RateHistory } from './rate-history.ts'

describe('RateHistory', () => {
  it('shows whole seconds, with zeros where nothing came', () => {
    const history = new RateHistory(10_500, 4)
    history.add(10_900, 3, 1)
    history.add(11_000, 5, 0)
    history.add(13_999, 7, 2)
    expect(history.rates(14_000)).toEqual({ lines: [3, 5, 0, 7], events: [1, 0, 0, 2] })
  })

  it('forgets what is older than its window, also after a long silence', () => {
    const history = new RateHistory(0, 3)
    history.add(500, 9, 9)
    expect(history.rates(3_600_000).lines).toEqual([0, 0, 0])
  })

  it('keeps counting when the clock is set back', () => {
    const history = new RateHistory(10_000, 2)
    history.add(5_000, 2, 0)
    expect(history.rates(11_000).lines).toEqual([0, 2])
  })
})
