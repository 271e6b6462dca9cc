import { describe, expect, it } from 'vitest'
import { LogosBuckets } from './logos-buckets.ts'

/** Offers `count` lines at one time; how many passed and every message. */
function flood(
  buckets: LogosBuckets,
  count: number,
  cost: number,
  nowMs: number,
): { passed: number; messages: string[] } {
  let passed = 0
  const messages: string[] = []
  for (let i = 0; i < count; i++) {
    const decision = buckets.offer(cost, nowMs)
    if (decision.accepted) passed++
    messages.push(...decision.messages)
  }
  return { passed, messages }
}

const BURST_START = 'W: burst limit: dropping messages to prevent overflow (83 bytes/sec).'
const NOTICE_START = 'I: burst notice: this log rate is unsustainable (57 bytes/sec).'

describe('LogosBuckets', () => {
  it('starts half full, with the rates of the original', () => {
    const buckets = new LogosBuckets()
    buckets.offer(0, 0)
    expect(buckets.available).toEqual({ burst: 250_000, daily: 2_500_000, warning: 250_000 })
    buckets.offer(250_000, 0)
    buckets.offer(0, 1000)
    expect(buckets.available).toEqual({ burst: 1666, daily: 2_250_057, warning: 57 })
  })

  it('lets 140 of 500 lines of 89 bytes pass with 50000 bytes per burst, as measured', () => {
    const buckets = new LogosBuckets({ bytesPerBurst: 50_000 })
    expect(flood(buckets, 500, 89, 0)).toEqual({ passed: 140, messages: [BURST_START, NOTICE_START] })
    buckets.restart()
    expect(buckets.offer(14, 0)).toEqual({
      accepted: true,
      messages: [
        'W: burst limit: 360 messages were dropped.',
        'I: burst notice: 360 messages would have been dropped.',
      ],
    })
  })

  it('waits 10 seconds, then 20, 40, 80 and 120 before it fills up again', () => {
    const buckets = new LogosBuckets({ bytesPerBurst: 600 })
    let nowMs = 0
    const waits: number[] = []
    for (let episode = 0; episode < 6; episode++) {
      flood(buckets, 20, 50, nowMs)
      const startedMs = nowMs
      while (!buckets.offer(1, nowMs).accepted) nowMs += 1000
      waits.push((nowMs - startedMs) / 1000)
    }
    expect(waits).toEqual([10, 20, 40, 80, 120, 120])
  })

  it('only warns when the rate cannot go on for a day', () => {
    const buckets = new LogosBuckets({ bytesPerBurst: 60_000 })
    const messages: { second: number; text: string }[] = []
    for (let second = 0; second < 800; second++) {
      const decision = buckets.offer(80, second * 1000)
      expect(decision.accepted).toBe(true)
      messages.push(...decision.messages.map(text => ({ second, text })))
    }
    // 15,000 bytes at the start, 57 more and 80 less each second.
    expect(messages[0]).toEqual({ second: Math.ceil((15_000 - 80) / (80 - 57)), text: NOTICE_START })
    expect(messages.every(({ text }) => text.startsWith('I: burst notice: '))).toBe(true)
  })

  it('charges no bucket for a line that is dropped, unless asked to be like the original', () => {
    const spent = (chargeDropped: boolean): number => {
      const buckets = new LogosBuckets({ bytesPerBurst: 50_000, chargeDropped })
      flood(buckets, 500, 89, 0)
      return 2_500_000 - buckets.available.daily
    }
    expect(spent(false)).toBe(140 * 89)
    expect(spent(true)).toBe(500 * 89)
  })

  it('switches limits off and on once, and begins half full each time', () => {
    const buckets = new LogosBuckets({ bytesPerBurst: 600 })
    expect(buckets.setUnlimited(true)).toBe('W: SIGUSR1: rate limit disabled.')
    expect(buckets.setUnlimited(true)).toBeUndefined()
    expect(flood(buckets, 10, 1000, 0)).toEqual({ passed: 10, messages: [] })
    expect(buckets.available.burst).toBe(150 - 10_000)
    expect(buckets.setUnlimited(false)).toBe('W: SIGUSR2: rate limit re-enabled.')
    buckets.offer(0, 0)
    expect(buckets.available.burst).toBe(150)
  })

  it('says at the end of the input what is being dropped', () => {
    const buckets = new LogosBuckets({ bytesPerBurst: 50_000 })
    flood(buckets, 500, 89, 0)
    expect(buckets.finish()).toEqual([
      'W: burst limit: 360 messages were dropped.',
      'I: burst notice: 360 messages would have been dropped.',
    ])
    expect(buckets.finish()).toEqual([])
  })

  it('refuses values below those of the original', () => {
    expect(() => new LogosBuckets({ bytesPerBurst: 599 })).toThrow(RangeError)
    expect(() => new LogosBuckets({ bytesPerDay: 86_399 })).toThrow(RangeError)
  })
})
