import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unknownDelivery } from './delivery.ts'
import { eachLine, lineAt, lineBatch, lineCount, lineOffset, selectLines } from './line-batch.ts'

const source = { host: 'h', path: '/x', id: 's1' }
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

describe('selectLines', () => {
  it('keeps bytes, offsets and numbers of exactly the chosen lines, also of a selection', () => {
    const input = fc.array(fc.constantFrom('', 'a', 'bc', 'def'), { maxLength: 12 })
    fc.assert(
      fc.property(input, fc.infiniteStream(fc.boolean()), (contents, coin) => {
        const lines = contents.map(line => `${line}\n`)
        const batch = lineBatch({ source, bytes: Buffer.from(lines.join('')), offset: 1000, firstLine: 5 })
        const chosen = lines.map((_, i) => i).filter(() => coin.next().value as boolean)
        const selection = selectLines(batch, chosen)
        expect([...eachLine(selection)].map(text)).toEqual(chosen.map(i => lines[i]))
        expect(chosen.map((_, i) => lineOffset(selection, i))).toEqual(chosen.map(i => lineOffset(batch, i)))
        const again = selectLines(selection, chosen.length > 0 ? [chosen.length - 1] : [])
        if (chosen.length > 0) {
          expect(text(lineAt(again, 0))).toBe(lines[chosen.at(-1) as number])
          if (again.lineNumbers) expect(again.lineNumbers[0]).toBe(5 + (chosen.at(-1) as number))
        }
      }),
    )
  })

  it('leaves lines uncounted when they were not counted', () => {
    const batch = lineBatch({ source, bytes: Buffer.from('a\nb\n'), firstLine: 0 })
    expect(selectLines(batch, [1]).lineNumbers).toEqual(Float64Array.of(0))
  })

  it('returns the batch itself when every line is chosen', () => {
    const batch = lineBatch({ source, bytes: Buffer.from('a\nb') })
    expect(selectLines(batch, [0, 1])).toBe(batch)
  })
})

describe('lineBatch', () => {
  it('counts a last line without newline as a line', () => {
    const batch = lineBatch({ source, bytes: Buffer.from('a\n\nb'), offset: 10 })
    expect(lineCount(batch)).toBe(3)
    expect([0, 1, 2].map(i => lineOffset(batch, i))).toEqual([10, 12, 13])
    expect([...eachLine(batch)].map(text)).toEqual(['a\n', '\n', 'b'])
  })
})

describe('unknownDelivery', () => {
  it('makes an unknown kind an error, not a skip', () => {
    expect(() => unknownDelivery({ kind: 'surprise' } as never)).toThrow(
      expect.objectContaining({ code: 'LF_CORE_UNKNOWN_DELIVERY', detail: { kind: 'surprise' } }),
    )
  })
})
