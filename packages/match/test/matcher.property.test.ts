import { lineAt, lineBatch } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern } from '../src/index.ts'
import { compileOrRefuse } from './compile-or-refuse.ts'
import { randomPairs } from './random-patterns.ts'

const source = { host: 'h', path: '/x', id: 's' }
const NEWLINE = 10

describe('compilePattern', () => {
  it('throws nothing but MatchError on garbage', () => {
    const garbage = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.array(fc.constantFrom(...'()[]{}|*+?^$\\.-:,<>=!#&iPpQE01az\n'), { maxLength: 30 }).map(list => list.join('')),
    )
    fc.assert(
      fc.property(garbage, fc.uint8Array({ maxLength: 20 }), (pattern, text) => {
        compileOrRefuse(pattern)?.test(text)
      }),
      { numRuns: 2000 },
    )
  })

  it('finds the text that it was made from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), fc.uint8Array(), (text, before, after) => {
        const quoted = text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
        const bytes = Uint8Array.from([...before, ...new TextEncoder().encode(text), ...after])
        expect(compilePattern(quoted).test(bytes)).toBe(true)
        expect(compilePattern(text, { literal: true }).test(bytes)).toBe(true)
      }),
    )
  })
})

describe('Matcher', () => {
  it('selects from a batch the lines that match on their own, whatever stands around them', () => {
    const seeds = fc.integer({ min: 0, max: 0x7fffffff })
    const texts = fc.array(fc.constantFrom('a', 'b', 'K', ' ', '0', '_', 'é', '€', '\xff', '\n', '\n').map(latin), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(seeds, texts, (seed, parts) => {
        const [pair] = randomPairs(1, seed)
        const matcher = compileOrRefuse(pair?.pattern ?? '')
        if (!matcher) return
        const text = Buffer.concat(parts)
        const batch = lineBatch({ source, bytes: new Uint8Array(text) })
        const large = lineBatch({ source, bytes: new Uint8Array(Buffer.concat([text, Buffer.alloc(5000, '\n')])) })
        for (const withNewline of [false, true]) {
          const expected: number[] = []
          for (let index = 0; index < batch.ends.length; index++) {
            const line = lineAt(batch, index)
            const tested = !withNewline && line.at(-1) === NEWLINE ? line.subarray(0, -1) : line
            if (matcher.test(tested)) expected.push(index)
          }
          expect([...matcher.matchingLines(batch, { withNewline })]).toEqual(expected)
          // The last line may be open in one and closed in the other.
          const isShared = (index: number): boolean => index < batch.ends.length - 1
          const shared = [...matcher.matchingLines(large, { withNewline })].filter(isShared)
          expect(shared).toEqual(expected.filter(isShared))
        }
      }),
      { numRuns: 1500 },
    )
  })
})

/** `\xff` is the byte, everything else UTF-8. */
function latin(text: string): Buffer {
  return text === '\xff' ? Buffer.from([0xff]) : Buffer.from(text)
}
