import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFieldColumns, decodeText, ROW_CAPACITY } from '../src/index.ts'
import { batchOf } from './batch.ts'

const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)$/
const digits = fc.string({ unit: fc.constantFrom(...'0123456789.-+e'), maxLength: 19 })
const number = fc.oneof(fc.integer().map(String), fc.double({ noNaN: true }).map(String), digits, fc.constant('12,5'))
const text = number.map(value => value.replaceAll('|', ''))

describe('NumberColumn', () => {
  it('reads plain numbers to the last bit and leaves all others', () => {
    const columns = createFieldColumns('generickv', ['v'])
    const numbers = columns.numberColumn(0)
    const rows = columns.rowList()
    fc.assert(
      fc.property(fc.array(fc.option(text), { minLength: 1, maxLength: 50 }), values => {
        columns.open(batchOf(values.map(value => (value === null ? 'w=1' : `w=|v=${value}|x`)).join('\n')))
        rows.fill(columns.next())
        const odd = numbers.read(rows)
        expect(rows.count).toBe(values.length)
        expect(odd).toBe([...numbers.states.subarray(0, rows.count)].filter(state => state === 2).length)
        for (const [row, value] of values.entries()) {
          const isPlain = value !== null && plain.test(value) && value.replace(/[^\d]/g, '').length <= 15
          expect(numbers.states[row]).toBe(value === null ? 0 : isPlain ? 1 : 2)
          if (isPlain) expect(numbers.values[row]).toBe(Number(value))
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('KeyTable', () => {
  it('gives equal values equal numbers, in the order of their first coming, however many there are', () => {
    const columns = createFieldColumns('generickv', ['k'])
    const table = columns.keyTable()
    const rows = columns.rowList()
    const known = new Map<string, number>()
    const key = (i: number): string => (i % 7 === 0 ? '' : `${i % 5000}${'-'.repeat(i % 40)}`)
    const text = Array.from({ length: 30_000 }, (_, i) => (i % 11 === 0 ? 'x=1' : `k=${key(i)}`))
    columns.open(batchOf(text.join('\n')))
    let line = 0
    for (let count = columns.next(); count > 0; count = columns.next()) {
      expect(count).toBeLessThanOrEqual(ROW_CAPACITY)
      rows.fill(count)
      table.number(0, rows)
      for (let row = 0; row < count; row++, line++) {
        const value = line % 11 === 0 ? '' : key(line)
        if (!known.has(value)) known.set(value, known.size)
        expect(table.numbers[row]).toBe(known.get(value))
      }
    }
    expect(line).toBe(30_000)
    expect(table.size).toBe(known.size)
    for (const [value, index] of known) expect(table.key(index)).toBe(value)
    table.clear()
    columns.open(batchOf('k=again'))
    rows.fill(columns.next())
    table.number(0, rows)
    expect([table.size, table.numbers[0], table.key(0)]).toEqual([1, 0, 'again'])
    expect(decodeText(columns.bytes, columns.starts(0)[0], columns.ends(0)[0])).toBe('again')
  })
})
