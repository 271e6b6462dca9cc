import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { md5Hex } from './md5.ts'

describe('md5Hex', () => {
  it('agrees with the system for every length around the block size, and for any bytes', () => {
    const hex = (bytes: Uint8Array): string => new TextDecoder().decode(md5Hex(bytes))
    for (let length = 0; length < 200; length++) {
      const bytes = new Uint8Array(length).fill(length)
      expect(hex(bytes)).toBe(createHash('md5').update(bytes).digest('hex'))
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        expect(hex(bytes)).toBe(createHash('md5').update(bytes).digest('hex'))
      }),
    )
  })
})
