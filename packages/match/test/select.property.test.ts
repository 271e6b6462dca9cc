import { eachLine, lineBatch, lineOffset, type Delivery } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern, select } from '../src/index.ts'

const source = { host: 'h', path: '/x', id: 's' }

interface Context {
  readonly before: number
  readonly after: number
  readonly max: number
}

/** Line by line as the specification tells it: the numbers of the lines that are printed. */
function expected(matching: readonly boolean[], { before, after, max }: Context): number[] {
  const printed: number[] = []
  let ring: number[] = []
  let left = 0
  let count = 0
  for (const [index, isMatch] of matching.entries()) {
    const line = index + 1
    if (isMatch) {
      if (max > 0 && count >= max) break
      printed.push(...ring, line)
      ring = []
      count++
      if (count === max && after === 0) break
      left = after
    } else if (left > 0) {
      printed.push(line)
      left--
    } else if (before > 0) {
      ring = [...ring, line].slice(-before)
    }
  }
  return printed
}

async function* inBatches(lineTexts: readonly string[], sizes: readonly number[]): AsyncGenerator<Delivery> {
  let offset = 0
  for (let at = 0, i = 0; at < lineTexts.length; i++) {
    const count = sizes[i % sizes.length] as number
    const bytes = new Uint8Array(Buffer.from(lineTexts.slice(at, at + count).join('')))
    yield lineBatch({ source, bytes, offset, firstLine: at + 1 })
    offset += bytes.length
    at += count
  }
}

describe('select', () => {
  it('chooses the lines that the specification of DTail chooses, however the lines are batched', async () => {
    const context = fc.record({ before: fc.nat(4), after: fc.nat(4), max: fc.nat(4) })
    const matching = fc.array(fc.boolean(), { maxLength: 40 })
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(matching, sizes, context, fc.boolean(), async (matches, cuts, limits, invert) => {
        const texts = matches.map((isMatch, i) => `${isMatch !== invert ? 'x' : 'o'}${'-'.repeat(i % 3)}\n`)
        const offsets = texts.map((_, i) => texts.slice(0, i).join('').length)
        const chosen: unknown[] = []
        const selected = select(inBatches(texts, cuts), compilePattern('x'), { ...limits, invert })
        for await (const item of selected) {
          if (item.kind !== 'lines') continue
          const content = [...eachLine(item)].map(line => Buffer.from(line).toString())
          for (const [i, line] of content.entries()) {
            chosen.push([item.lineNumbers?.[i] ?? item.firstLine + i, lineOffset(item, i), line])
          }
        }
        const numbers = expected(matches, limits)
        expect(chosen).toEqual(numbers.map(number => [number, offsets[number - 1], texts[number - 1]]))
      }),
      { numRuns: 500 },
    )
  })
})
