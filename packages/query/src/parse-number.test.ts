import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseNumber, readNumber, saturatedNumber } from './parse-number.ts'

describe('parseNumber', () => {
  it.each([
    ['1', 1],
    ['-1.5e3', -1500],
    ['+.5', 0.5],
    ['9.', 9],
    ['1_000.5_5e1_0', 10_005_500_000_000],
    ['-0', -0],
    ['0x1p4', 16],
    ['0X1.8P1', 3],
    ['0x_1_2.3_4p+1_2', 74_560],
    ['0x.8p0', 0.5],
    ['-0x1p-1074', -5e-324],
    ['0x1p-1075', 0],
    ['0x1.8p-1074', 1e-323],
    ['0x1.00000000000008p0', 1],
    ['0x1.00000000000018p0', 1.0000000000000004],
    ['0x1.fffffffffffffp1023', Number.MAX_VALUE],
    ['inf', Infinity],
    ['-Infinity', -Infinity],
    ['NaN', NaN],
    ['1e-400', 0],
  ])('reads %s', (text, value) => {
    expect(parseNumber(text)).toBe(value)
  })

  it.each([
    '',
    ' 1',
    '1 ',
    '0x10',
    '1e',
    'e1',
    '.',
    '+',
    '1__0',
    '_1',
    '1_',
    '1_.5',
    '+nan',
    'infi',
    '1e400',
    '0x1p1024',
    '--1',
  ])('refuses %j', text => {
    expect(parseNumber(text)).toBeUndefined()
  })

  it('is infinite beyond the range when asked to be', () => {
    expect(saturatedNumber('-1e400')).toBe(-Infinity)
    expect(saturatedNumber('x')).toBeUndefined()
  })
})

describe('readNumber', () => {
  it('reads from bytes what parseNumber reads from text', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789.-+e_x'), maxLength: 20 })
    fc.assert(
      fc.property(fc.oneof(digits, fc.double().map(String), fc.string()), text => {
        const bytes = new TextEncoder().encode(`${text}9`)
        expect(readNumber(bytes, 0, bytes.length - 1)).toBe(parseNumber(text))
      }),
      { numRuns: 1000 },
    )
  })
})
