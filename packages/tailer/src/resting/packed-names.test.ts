import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PackedNames } from './packed-names.ts'

const name = fc.string().filter(text => !text.includes('/'))

describe('PackedNames', () => {
  it('gives the names as they were, in their order, and those that pass a test', () => {
    fc.assert(
      fc.property(fc.array(name), names => {
        const packed = new PackedNames(names)
        expect([...packed]).toEqual(names)
        expect(packed).toHaveLength(names.length)
        expect([...packed.filter(text => text.length > 2)]).toEqual(names.filter(text => text.length > 2))
      }),
    )
  })
})
