import { describe, expect, it } from 'vitest'
import { colorTable } from './color-table.ts'
import { paintLine } from './paint-line.ts'

const visible = (text: string): string => text.replaceAll('\u001b', '^')

describe('paintLine', () => {
  it('paints the fields of a line as the original does', () => {
    expect(visible(paintLine('REMOTE|host|100|1|a.log|FATAL|x\n'))).toBe(
      '^[37m^[44m^[2mREMOTE^[0m^[49m^[39m^[36m^[44m^[2m|^[0m^[49m^[39m^[37m^[44m^[1mhost^[0m^[49m^[39m' +
        '^[36m^[44m^[2m|^[0m^[49m^[39m^[30m^[42m100^[49m^[39m^[36m^[44m^[2m|^[0m^[49m^[39m^[37m^[44m^[2m1^[0m^[49m^[39m' +
        '^[36m^[44m^[2m|^[0m^[49m^[39m^[37m^[44m^[2ma.log^[0m^[49m^[39m^[36m^[44m^[2m|^[0m^[49m^[39m' +
        '^[37m^[45m^[1mFATAL|x^[0m^[49m^[39m\n',
    )
  })

  it('warns when not all lines came', () => {
    expect(visible(paintLine('REMOTE|h| 99|1|a|x'))).toContain('^[37m^[41m 99^[49m^[39m')
  })

  it('paints texts of servers and clients, and nothing of the rest', () => {
    expect(visible(paintLine('SERVER|h|WARN|x'))).toContain('^[37m^[40m^[1mWARN|x^[0m^[49m^[39m')
    expect(visible(paintLine('CLIENT|h|INFO|x'))).toContain('^[37m^[40mINFO|x^[49m^[39m')
    expect(visible(paintLine('REMOTE|short'))).toBe('^[39m^[49mREMOTE|short^[49m^[39m')
    expect(visible(paintLine('plain\n'))).toBe('^[39m^[49mplain^[49m^[39m\n')
  })
})

describe('colorTable', () => {
  it('has every combination once', () => {
    const lines = colorTable(false).split('\n')
    expect(lines.pop()).toBe('')
    expect(new Set(lines).size).toBe(8 * 9 * 8)
    expect(visible(lines[0] as string)).toBe(
      '^[30m^[41m^[1m Foreground:     Black  |  Background:       Red  |  Attribute:      Bold ^[0m^[49m^[39m',
    )
    expect(colorTable(true).length).toBeGreaterThan(colorTable(false).length)
  })
})
