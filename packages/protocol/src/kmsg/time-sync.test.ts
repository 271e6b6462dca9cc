import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatTimeSync, parseTimeSync } from './time-sync.ts'

describe('parseTimeSync', () => {
  it('reads what formatTimeSync wrote, versions with spaces too', () => {
    const syncs = fc.record({
      version: fc.stringMatching(/^[A-Za-z0-9. -]{1,63}$/),
      wallMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      ntp: fc.boolean(),
    })
    fc.assert(
      fc.property(syncs, fc.integer({ min: -720, max: 840 }), (sync, offset) => {
        expect(parseTimeSync(formatTimeSync(sync, offset))).toEqual(sync)
      }),
    )
  })

  it.each(['', 'T: v1', 'T: v1 1700000000.5 11/14 22:13:20 ntp=1', 'x T: v1 1700000000.500 11/14 22:13:20 ntp=1'])(
    'takes "%s" for an ordinary line',
    text => {
      expect(parseTimeSync(text)).toBeUndefined()
    },
  )
})

describe('formatTimeSync', () => {
  it('shows the date of the clock it is told', () => {
    const sync = { version: 'v1.2 beta', wallMs: 1_700_000_000_007, ntp: true }
    expect(formatTimeSync(sync)).toBe('T: v1.2 beta 1700000000.007 11/14 22:13:20 ntp=1')
    expect(formatTimeSync({ ...sync, ntp: false }, 120)).toBe('T: v1.2 beta 1700000000.007 11/15 00:13:20 ntp=0')
  })
})
