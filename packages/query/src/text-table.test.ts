import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextTable } from './text-table.ts'

describe('TextTable', () => {
  it('keeps the last text of each group, whatever the sizes', () => {
    const step = fc.tuple(fc.nat(200), fc.oneof(fc.string(), fc.string({ minLength: 30, maxLength: 200 })))
    fc.assert(
      fc.property(fc.array(step), steps => {
        const table = new TextTable()
        const expected = new Map<number, string>()
        for (const [group, text] of steps) {
          const bytes = new TextEncoder().encode(`>${text}<`)
          table.set(group, bytes, 1, bytes.length - 1)
          expected.set(group, text)
        }
        for (let group = 0; group <= 200; group++) expect(table.get(group)).toBe(expected.get(group))
        table.clear()
        expect(table.get(steps[0]?.[0] ?? 0)).toBeUndefined()
      }),
    )
  })
})
