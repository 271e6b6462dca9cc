import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../test/manual-clock.ts'
import { TokenBucket } from './token-bucket.ts'

const bucketOf = (clock: ManualClock, burst = 10): TokenBucket => new TokenBucket({ perSecond: 10, burst, clock })

describe('TokenBucket', () => {
  it('starts full and gives no more than it has', () => {
    const bucket = bucketOf(new ManualClock())
    expect(bucket.tryTake(10)).toBe(true)
    expect(bucket.tryTake(1)).toBe(false)
    expect(bucket.tryTake(0)).toBe(true)
  })

  it('never lets more pass in any window than burst and rate allow', async () => {
    const steps = fc.array(fc.record({ ms: fc.nat(400), n: fc.integer({ min: 1, max: 10 }) }), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(steps, async all => {
        const clock = new ManualClock()
        const bucket = bucketOf(clock)
        const taken: { atMs: number; n: number }[] = []
        for (const { ms, n } of all) {
          await clock.advance(ms)
          if (bucket.tryTake(n)) taken.push({ atMs: clock.monotonicMs(), n })
        }
        for (let from = 0; from < taken.length; from++) {
          let sum = 0
          for (const { atMs, n } of taken.slice(from)) {
            sum += n
            const windowMs = atMs - (taken[from]?.atMs ?? 0)
            expect(sum).toBeLessThanOrEqual(10 + windowMs / 100 + 1e-6)
          }
        }
      }),
    )
  })

  it('serves those who wait in their order', async () => {
    const clock = new ManualClock()
    const bucket = bucketOf(clock)
    const served: string[] = []
    bucket.tryTake(10)
    const waiting = [bucket.take(9).then(() => served.push('large')), bucket.take(1).then(() => served.push('small'))]
    await clock.advance(200)
    expect(bucket.tryTake(1)).toBe(false)
    expect(bucket.waiting).toBe(2)
    await clock.advance(700)
    expect(served).toEqual(['large'])
    await clock.advance(100)
    await Promise.all(waiting)
    expect(served).toEqual(['large', 'small'])
    expect(bucket.waiting).toBe(0)
  })

  it('lets the next one move up when a waiting one gives up, at the head or behind it', async () => {
    const clock = new ManualClock()
    const bucket = bucketOf(clock)
    bucket.tryTake(10)
    const [first, second] = [new AbortController(), new AbortController()]
    const takes = [bucket.take(10, first), bucket.take(10, second), bucket.take(1)]
    const settled = Promise.allSettled(takes)
    second.abort('second')
    first.abort('first')
    await clock.advance(100)
    expect(
      (await settled).map(result => (result.status === 'rejected' ? (result.reason as string) : 'served')),
    ).toEqual(['first', 'second', 'served'])
    expect(bucket.waiting).toBe(0)
  })

  it('does not wait at all when the signal has aborted', async () => {
    const bucket = bucketOf(new ManualClock())
    await expect(bucket.take(1, { signal: AbortSignal.abort('gone') })).rejects.toBe('gone')
    expect(bucket.tryTake(10)).toBe(true)
  })

  it('refuses what it can never give', async () => {
    const bucket = bucketOf(new ManualClock())
    await expect(bucket.take(11)).rejects.toMatchObject({
      code: 'LF_RATELIMIT_TOO_LARGE',
      detail: { asked: 11, burst: 10 },
    })
    expect(bucket.tryTake(11)).toBe(false)
    expect(bucket.waitMs(11)).toBe(Infinity)
  })

  it('says how long a take would wait', async () => {
    const clock = new ManualClock()
    const bucket = bucketOf(clock)
    expect(bucket.waitMs(10)).toBe(0)
    bucket.tryTake(10)
    expect(bucket.waitMs(5)).toBe(500)
    await clock.advance(499)
    expect(bucket.tryTake(5)).toBe(false)
    await clock.advance(1)
    expect(bucket.tryTake(5)).toBe(true)
  })

  it('gives nothing extra when the clock jumps back', async () => {
    const clock = new ManualClock()
    const bucket = bucketOf(clock)
    bucket.tryTake(10)
    await clock.advance(-5000)
    await clock.advance(5000)
    expect(bucket.tryTake(1)).toBe(false)
  })

  it.each([0, -1, NaN, Infinity])('refuses a rate or burst of %d', bad => {
    const clock = new ManualClock()
    expect(() => new TokenBucket({ perSecond: bad, burst: 1, clock })).toThrow(RangeError)
    expect(() => new TokenBucket({ perSecond: 1, burst: bad, clock })).toThrow(RangeError)
    if (!(bad >= 0)) expect(() => bucketOf(clock).tryTake(bad)).toThrow(RangeError)
  })
})
