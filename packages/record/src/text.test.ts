import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BatchText, decodeText } from './text.ts'

const lossless = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

describe('BatchText', () => {
  it('cuts any bytes as if each piece was decoded alone', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc.string().map(s => new TextEncoder().encode(s)),
      ),
    )
    fc.assert(
      fc.property(pieces, parts => {
        // A newline between the parts, as in a batch: decoding never joins bytes across it.
        const bytes = Uint8Array.from(parts.flatMap(part => [...part.filter(byte => byte !== 10), 10]))
        const text = new BatchText(bytes)
        for (let start = 0; start < bytes.length;) {
          const end = bytes.indexOf(10, start)
          expect(text.slice(start, end)).toBe(lossless(bytes.subarray(start, end)))
          expect(decodeText(bytes, start, end)).toBe(lossless(bytes.subarray(start, end)))
          start = end + 1
        }
      }),
    )
  })
})
