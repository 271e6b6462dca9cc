import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWhiteSpace, trimmedEnd, trimmedStart, trimWhiteSpace } from './white-space.ts'

const text = fc.string({
  unit: fc.constantFrom(' ', '\t', '\u0085', '\u00a0', '\u2003', '\u3000', '\ufeff', 'a', 'é', '€'),
})

describe('trimWhiteSpace', () => {
  it('takes U+0085 for white space and U+FEFF for text, as Go does', () => {
    expect(isWhiteSpace(0x85)).toBe(true)
    expect(trimWhiteSpace('\u0085\ufeffx\u3000')).toBe('\ufeffx')
  })

  it('trims text and bytes to the same', () => {
    fc.assert(
      fc.property(text, value => {
        const bytes = new TextEncoder().encode(value)
        const start = trimmedStart(bytes, 0, bytes.length)
        const end = trimmedEnd(bytes, start, bytes.length)
        expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(start, end))).toBe(
          trimWhiteSpace(value),
        )
      }),
    )
  })

  it('leaves bytes alone that are no UTF-8', () => {
    const bytes = Uint8Array.of(0x85, 0x41, 0xa0)
    expect([trimmedStart(bytes, 0, 3), trimmedEnd(bytes, 0, 3)]).toEqual([0, 3])
  })
})
