import { describe, expect, it } from 'vitest'
import { formatBytes, formatDurationMs, parseBytes, parseDurationMs } from './units.ts'

describe('parseBytes', () => {
  it('reads sizes with binary and decimal units', () => {
    expect(['4096', '64KiB', '64k', '1MB', '1.5MiB', '2GiB'].map(parseBytes)).toEqual([
      4096, 65_536, 65_536, 1_000_000, 1_572_864, 2_147_483_648,
    ])
  })
  it('refuses what is not a size', () => {
    for (const text of ['', 'x', '-1', '1XB', '1 2']) expect(() => parseBytes(text)).toThrow(RangeError)
  })
})

describe('parseDurationMs', () => {
  it('reads times with units, also compound ones', () => {
    expect(['500ms', '2s', '1.5s', '10m', '1h', '250', '1m30s'].map(parseDurationMs)).toEqual([
      500, 2000, 1500, 600_000, 3_600_000, 250, 90_000,
    ])
  })
  it('refuses what is not a time', () => {
    for (const text of ['', 'soon', '-1s', '1y']) expect(() => parseDurationMs(text)).toThrow(RangeError)
  })
})

describe('formatBytes and formatDurationMs', () => {
  it('write for people', () => {
    expect([0, 1536, 20 * 1024 ** 2, 999 * 1024].map(formatBytes)).toEqual(['0 B', '1.5 KiB', '20.0 MiB', '999 KiB'])
    expect([12, 3400, 320_000].map(formatDurationMs)).toEqual(['12 ms', '3.4 s', '5m 20s'])
  })
})
