import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Backoff } from './backoff.ts'
import { jittered } from './jitter.ts'

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('Backoff', () => {
  it('spreads each delay from 0 to a bound that doubles up to the most', () => {
    const highest = new Backoff({ initialMs: 100, maxMs: 500, random: () => 0.999 })
    expect([1, 2, 3, 4, 5].map(() => Math.round(highest.nextMs()))).toEqual([100, 200, 400, 500, 500])
    const lowest = new Backoff({ initialMs: 100, maxMs: 500, random: () => 0 })
    expect([1, 2, 3].map(() => lowest.nextMs())).toEqual([0, 0, 0])
  })

  it('never waits longer than the most, whatever the jitter', () => {
    const jitters = fc.oneof(fc.constant('full' as const), fc.double({ min: 0, max: 1, noNaN: true }))
    fc.assert(
      fc.property(
        jitters,
        fc.integer({ min: 1, max: 10 }),
        fc.array(chance, { minLength: 20, maxLength: 20 }),
        (jitter, multiplier, chances) => {
          let i = 0
          const backoff = new Backoff({
            initialMs: 50,
            maxMs: 3000,
            multiplier,
            jitter,
            random: () => chances[i++] ?? 0,
          })
          for (const _ of chances) expect(backoff.nextMs()).toBeLessThanOrEqual(3000)
        },
      ),
    )
  })

  it('goes back to the first delay after a success', () => {
    const backoff = new Backoff({ initialMs: 100, maxMs: 1000, jitter: 0, random: () => 0.5 })
    expect([backoff.nextMs(), backoff.nextMs(), backoff.failures]).toEqual([100, 200, 2])
    backoff.reset()
    expect([backoff.failures, backoff.nextMs()]).toEqual([0, 100])
  })

  it('spreads by a fraction when asked', () => {
    const chances = [0, 0.5, 0.999]
    const delays = chances.map(value =>
      new Backoff({ initialMs: 1000, maxMs: 60_000, jitter: 0.2, random: () => value }).nextMs(),
    )
    expect(delays.map(Math.round)).toEqual([800, 1000, 1200])
  })

  it.each([
    { initialMs: 0, maxMs: 1 },
    { initialMs: 2, maxMs: 1 },
    { initialMs: 1, maxMs: Infinity },
    { initialMs: 1, maxMs: 1, multiplier: 0.5 },
    { initialMs: 1, maxMs: 1, jitter: 2 },
  ])('refuses %o', options => {
    expect(() => new Backoff({ ...options, random: () => 0 })).toThrow(RangeError)
  })
})

describe('jittered', () => {
  it('stays within the fraction on either side', () => {
    fc.assert(
      fc.property(chance, fc.double({ min: 0, max: 1, noNaN: true }), (value, fraction) => {
        const ms = jittered(1000, fraction, () => value)
        expect(Math.abs(ms - 1000)).toBeLessThanOrEqual(1000 * fraction + 1e-9)
      }),
    )
  })

  it('refuses a fraction over 1', () => {
    expect(() => jittered(1, 1.1, () => 0)).toThrow(RangeError)
  })
})
