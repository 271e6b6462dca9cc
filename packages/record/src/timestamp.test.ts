import { describe, expect, it } from 'vitest'
import { parseBsdTime, parseClfTime, parseDtailTime, parseEpochTime, parseIsoTime } from './timestamp.ts'

const at = (text: string): number => Date.parse(text)

describe('parseIsoTime', () => {
  it('reads the usual relatives of RFC 3339', () => {
    expect(parseIsoTime('2026-11-21T03:50:00.123456789Z')).toBe(at('2026-11-21T03:50:00.123Z'))
    expect(parseIsoTime('2026-11-21 03:50:00,5+02:00')).toBe(at('2026-11-21T01:50:00.500Z'))
    expect(parseIsoTime('2026-11-21T03:50')).toBe(at('2026-11-21T03:50:00Z'))
    expect(parseIsoTime('2026-11-21T03:50:00', { zoneOffsetMinutes: 60 })).toBe(at('2026-11-21T02:50:00Z'))
  })

  it('counts second 60 into the next minute', () => {
    expect(parseIsoTime('2016-12-31T23:59:60Z')).toBe(at('2017-01-01T00:00:00Z'))
  })

  it('refuses moments that do not exist', () => {
    for (const text of ['2026-02-29T00:00:00Z', '2026-13-01T00:00:00Z', '2026-01-01T24:00:00Z', 'soon', ''])
      expect(parseIsoTime(text)).toBeUndefined()
  })
})

describe('stamps without a year', () => {
  const newYear = { referenceTimeMs: at('2026-01-01T00:10:00Z') }

  it('take the year nearest to the reference', () => {
    expect(parseBsdTime('Dec 31 23:59:59', newYear)).toBe(at('2025-12-31T23:59:59Z'))
    expect(parseBsdTime('Jan  1 00:00:01', newYear)).toBe(at('2026-01-01T00:00:01Z'))
    expect(parseDtailTime('1231-235959', newYear)).toBe(at('2025-12-31T23:59:59Z'))
  })

  it('give no time without one', () => {
    expect(parseBsdTime('Dec 31 23:59:59', {})).toBeUndefined()
    expect(parseDtailTime('1002-071143', {})).toBeUndefined()
  })

  it('find February 29 in the leap year', () => {
    expect(parseBsdTime('Feb 29 00:00:00', { referenceTimeMs: at('2025-01-01T00:00:00Z') })).toBe(
      at('2024-02-29T00:00:00Z'),
    )
  })
})

describe('other stamps', () => {
  it('are read to the same scale', () => {
    expect(parseDtailTime('20211002-071209', {})).toBe(at('2021-10-02T07:12:09Z'))
    expect(parseClfTime('10/Oct/2000:13:55:36 -0700')).toBe(at('2000-10-10T20:55:36Z'))
    for (const text of ['1700000000', '1700000000.000', '1700000000000', '1700000000000000', '1700000000000000000'])
      expect(parseEpochTime(text)).toBe(1_700_000_000_000)
  })
})
