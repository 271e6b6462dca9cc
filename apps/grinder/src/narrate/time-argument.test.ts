import { describe, expect, it } from 'vitest'
import { parseTimeArgument } from './time-argument.ts'

const NOW = Date.UTC(2026, 10, 21, 5)

describe('parseTimeArgument', () => {
  it.each([
    ['2026-11-21T04:00:30.5Z', Date.UTC(2026, 10, 21, 4, 0, 30, 500)],
    ['2026-11-21 04:00', Date.UTC(2026, 10, 21, 4)],
    ['2026-11-21T04:00+01:00', Date.UTC(2026, 10, 21, 3)],
    ['2026-11-21', Date.UTC(2026, 10, 21)],
    ['1795233600', 1_795_233_600_000],
    ['1795233600123', 1_795_233_600_123],
    ['10m', NOW - 600_000],
    ['now', NOW],
  ])('reads %s', (text, timeMs) => {
    expect(parseTimeArgument('--since', text, NOW)).toBe(timeMs)
  })

  it.each(['', 'x', '04:00', '2026-13-40', '10 parsecs', '-5m'])('refuses "%s"', text => {
    expect(() => parseTimeArgument('--since', text, NOW)).toThrow(expect.objectContaining({ code: 'LF_CLI_USAGE' }))
  })
})
