import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatFixed, formatInteger, formatShortest } from './format-number.ts'

describe('formatFixed', () => {
  it.each([
    [6942 / 597, '11.628141'],
    [1 / 128, '0.007812'],
    [3 / 128, '0.023438'],
    [-1 / 128, '-0.007812'],
    [0, '0.000000'],
    [-0, '-0.000000'],
    [-1e-9, '-0.000000'],
    [1e21, '1000000000000000000000.000000'],
    [-1.5e300, `-${BigInt(1.5e300)}.000000`],
    [123456789.0078125, '123456789.007812'],
    [NaN, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
  ])('writes %d as %s', (value, text) => {
    expect(formatFixed(value)).toBe(text)
  })

  it('rounds every tie to the even digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), odd => {
        const value = (odd * 2 + 1) / 128
        const text = formatFixed(value)
        expect(Number(text.at(-1)) % 2).toBe(0)
        expect(Math.abs(Number(text) - value)).toBeLessThan(1e-3)
      }),
    )
  })
})

describe('formatShortest', () => {
  it('writes decimals that read back, without exponent', () => {
    fc.assert(
      fc.property(fc.double(), value => {
        const text = formatShortest(value)
        expect(text).not.toMatch(/e/)
        if (Number.isFinite(value)) expect(Number(text)).toBe(value)
      }),
    )
  })

  it.each([
    [5e-7, '0.0000005'],
    [1.25e21, '1250000000000000000000'],
    [-0, '-0'],
    [597, '597'],
  ])('writes %d as %s', (value, text) => {
    expect(formatShortest(value)).toBe(text)
  })
})

describe('formatInteger', () => {
  it('cuts off what is behind the point', () => {
    expect([3.9, -3.9, 1e21].map(formatInteger)).toEqual(['3', '-3', '1000000000000000000000'])
  })
})
