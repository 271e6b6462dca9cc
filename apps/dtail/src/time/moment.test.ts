import { UsageError } from '@logflow/cli'
import { describe, expect, it } from 'vitest'
import { parseMoment } from './moment.ts'

const now = new Date(2026, 10, 21, 12, 30).getTime()

describe('parseMoment', () => {
  it.each([
    ['2026-11-21T07:00:00Z', Date.UTC(2026, 10, 21, 7)],
    ['2026-11-21T07:00:00.25+01:30', Date.UTC(2026, 10, 21, 5, 30, 0, 250)],
    ['2026-11-21 07:00', new Date(2026, 10, 21, 7).getTime()],
    ['2026-11-21', new Date(2026, 10, 21).getTime()],
    ['15m', now - 15 * 60_000],
    ['2h ago', now - 2 * 3_600_000],
    ['1h30m', now - 90 * 60_000],
    ['now', now],
    ['today', new Date(2026, 10, 21).getTime()],
    ['yesterday', new Date(2026, 10, 20).getTime()],
    ['1795245129.25', 1_795_245_129_250],
  ])('reads %s', (text, time) => {
    expect(parseMoment(text, now)).toBe(time)
  })

  it.each(['', 'soon', '15', '2026-02-30', '2026-11-21T25:00', '3 parsecs'])('refuses %j and says how', text => {
    expect(() => parseMoment(text, now)).toThrow(UsageError)
    expect(() => parseMoment(text, now)).toThrow('is no moment: it is written like')
  })
})
