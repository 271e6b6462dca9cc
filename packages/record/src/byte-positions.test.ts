import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BytePositions } from './byte-positions.ts'

describe('BytePositions', () => {
  it('finds what a loop finds, from any start to any end', () => {
    const byte = fc.oneof(fc.constantFrom(0x7c, 0x7d, 0xfc, 0xfd, 0, 0x80, 0x7b), fc.nat(255))
    const finder = new BytePositions(0x7c)
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), fc.nat(10), fc.nat(10), (values, skip, cut) => {
        const bytes = Uint8Array.from(values)
        const to = Math.max(skip, bytes.length - cut)
        const end = Math.min(to, bytes.length)
        finder.find(new DataView(bytes.buffer), Math.min(skip, end), end)
        const expected = values.flatMap((value, at) => (value === 0x7c && at >= skip && at < end ? [at] : []))
        expect([...finder.positions.subarray(0, finder.count)]).toEqual(expected)
      }),
    )
  })

  it('grows with the hits', () => {
    const finder = new BytePositions(1)
    finder.find(new DataView(new Uint8Array(1003).fill(1).buffer), 0, 1003)
    expect(finder.count).toBe(1003)
    expect(finder.positions[1002]).toBe(1002)
  })
})
