import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createFieldColumns,
  createRecordParser,
  decodeText,
  logFormatNames,
  trimWhiteSpace,
  type LogFormatName,
  type WholeLines,
} from '../src/index.ts'
import { batchOf, source } from './batch.ts'
import { lineBatch } from '@logflow/core'

const word = fc.string({ unit: fc.constantFrom('a', 'b', '=', '|', ',', ' ', 'é', '$'), maxLength: 6 })
const dtailLine = fc
  .tuple(fc.constantFrom('INFO', 'INFORM', 'WARN'), fc.array(word, { minLength: 8, maxLength: 8 }), fc.array(word))
  .map(([level, parts, pairs]) => [level, ...parts, 'MAPREDUCE:T', 'a=1', ...pairs].join('|'))
const csvLine = fc.array(fc.constantFrom('a', 'b', '', '1'), { maxLength: 4 }).map(cells => cells.join(','))
const lines = fc.array(fc.oneof(dtailLine, csvLine, word, fc.string()), { maxLength: 12 })
const names = ['a', 'b', '$time', '$severity', '$hour', '$line', '$empty', 'ab', 'é']

/** Fields of the lines that are records, each by name; the whole line is `$line`. */
function fieldsOf(format: LogFormatName, ...batches: WholeLines[]): Record<string, string>[] {
  const columns = createFieldColumns(format, names, { constants: new Map([['$empty', '']]) })
  return batches.flatMap(batch => {
    const found: Record<string, string>[] = []
    columns.open(batch)
    for (let rows = columns.next(); rows > 0; rows = columns.next()) {
      for (let row = 0; row < rows; row++) {
        const pairs = names.flatMap((name, column) => {
          const start = columns.starts(column)[row] as number
          return start === -1 ? [] : [[name, decodeText(columns.bytes, start, columns.ends(column)[row])]]
        })
        found.push(Object.fromEntries(pairs) as Record<string, string>)
      }
    }
    return found
  })
}

describe('createFieldColumns', () => {
  it('finds on bytes what the parser of the same format finds on text', () => {
    fc.assert(
      fc.property(
        lines,
        fc.constantFrom<LogFormatName>('default', 'csv', 'generic', 'generickv', 'logfmt', 'json'),
        fc.integer({ min: 1, max: 8 }),
        (texts, format, size) => {
          const clean = texts.map(text => `${text.replaceAll('\n', ' ')}\n`)
          // `$line` as a key of a pair would take the place of the line.
          fc.pre(!clean.some(text => text.includes('$line')))
          const records = createRecordParser(format)(batchOf(clean.join('')))
          const wanted = records.flatMap(({ fields, text, unparsed }, index) => {
            const isHeader = format === 'csv' && index === 0
            if (isHeader || (unparsed && format !== 'generickv')) return []
            const known = ['a', 'b', '$time', '$severity', '$hour', 'ab', 'é'].map(name => [name, fields.get(name)])
            const pairs = [...known.filter(([, value]) => value !== undefined), ['$line', trimWhiteSpace(text)]]
            return [Object.fromEntries(pairs) as Record<string, string>]
          })
          const batches = Array.from({ length: Math.ceil(clean.length / size) }, (_, i) =>
            batchOf(clean.slice(i * size, (i + 1) * size).join('')),
          )
          const found = fieldsOf(format, ...batches).map(({ $empty, ...fields }) => {
            expect($empty).toBe('')
            return fields
          })
          expect(found).toEqual(wanted)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('gives the last of equal keys, and keys before the names of the format', () => {
    const [fields] = fieldsOf(
      'default',
      batchOf(' INFO|20211002-071143|1|2|3|4|5|6|7|MAPREDUCE:X|a=1|a=2|$time=never\r\n'),
    )
    expect(fields).toMatchObject({ a: '2', $time: 'never', $hour: '07', $empty: '' })
    expect(fields?.$line).toBe('INFO|20211002-071143|1|2|3|4|5|6|7|MAPREDUCE:X|a=1|a=2|$time=never')
  })

  it('passes over the parts of generickv that are no pairs', () => {
    expect(fieldsOf('generickv', batchOf('lost|a=1||b=2=3\n'))[0]).toMatchObject({ a: '1', b: '2=3' })
  })

  it('tells foreign lines from malformed ones', () => {
    const columns = createFieldColumns('default', ['a'])
    const verdict = (text: string): string => {
      const before = columns.malformed
      columns.open(batchOf(text))
      return columns.next() > 0 ? 'record' : columns.malformed > before ? 'malformed' : 'foreign'
    }
    expect(verdict('INFO|1|2|3|4|5|6|7|8|MAPREDUCE:X|a=1')).toBe('record')
    expect(verdict('INFO|1|2|3|4|5|6|7|8|MAPREDUCE:X')).toBe('foreign')
    expect(verdict('INFO|1|2|3|4|5|6|7|8|OTHER|a=1')).toBe('foreign')
    expect(verdict('WARN|1|2|3|4|5|6|7|8|MAPREDUCE:X|a=1')).toBe('foreign')
    expect(verdict('INFO|1|2|3|4|5|6|7|8|MAPREDUCE:X|a=1|b')).toBe('malformed')
  })

  it('takes only lines that hold a text, wherever it is', () => {
    const columns = createFieldColumns('default', ['a'], { held: '|MAPREDUCE:X|' })
    const rows = (text: string): number => {
      columns.open(batchOf(text))
      return columns.next()
    }
    expect(rows('INFO|1|2|3|4|5|6|7|8|MAPREDUCE:X|a=1')).toBe(1)
    expect(rows('INFO|1|2|3|4|5|6|7|8|MAPREDUCE:XY|a=1')).toBe(0)
    expect(rows('INFO|1|2|3|4|5|6|7|8|MAPREDUCE:Y|a=1|MAPREDUCE:X|b=2')).toBe(0) // it does, but a part is no pair
    expect(rows('INFO|1|2|3|4|5|MAPREDUCE:X|7|8|MAPREDUCE:Y|a=1')).toBe(1)
    expect(rows('INFO|1|2|3|4|5|MAPREDUCE:X|7|8|X|a=1')).toBe(0)
  })

  it('reads lines that lack their newline, and lines of any length', () => {
    const ends = Uint32Array.of(3, 7, 10)
    const bytes = new TextEncoder().encode('a=1a=2\na=3')
    expect(fieldsOf('generickv', { source, bytes, ends }).map(({ a }) => a)).toEqual(['1', '2', '3'])
    const long = 'x'.repeat(400_000)
    const text = `a=${long}|b=1\na=2|b=3|${long}\nab=4\n`.repeat(3)
    const found = fieldsOf('generickv', batchOf(text)).map(({ a, b, ab }) => [a?.length, b, ab])
    expect(found.slice(0, 3)).toEqual([
      [400_000, '1', undefined],
      [1, '3', undefined],
      [undefined, undefined, '4'],
    ])
    expect(found).toHaveLength(9)
  })

  it('finds keys of every length at any place', () => {
    const keys = Array.from({ length: 70 }, (_, length) => `${'k'.repeat(length)}`)
    const columns = createFieldColumns('generickv', keys)
    const line = (shift: number): string =>
      keys
        .map((_, i) => keys[(i + shift) % 70] as string)
        .map(key => `${key}=v${key.length}`)
        .join('|')
    columns.open(batchOf([0, 1, 1, 35, 0].map(line).join('\n')))
    expect(columns.next()).toBe(5)
    for (const [column, key] of keys.entries())
      for (let row = 0; row < 5; row++)
        expect(decodeText(columns.bytes, columns.starts(column)[row], columns.ends(column)[row])).toBe(`v${key.length}`)
  })

  it('survives any bytes in every format', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...logFormatNames), (bytes, format) => {
        const batch = lineBatch({ source, bytes })
        expect(createRecordParser(format)(batch)).toHaveLength(batch.ends.length)
        expect(fieldsOf(format, batch).length).toBeLessThanOrEqual(batch.ends.length)
      }),
    )
  })

  it('reads hostile lines in bounded time', () => {
    const hostile = [
      '{"a":'.repeat(20_000),
      `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
      'a="\\'.repeat(50_000),
      `1 2 3 [${'"'.repeat(100_000)}`,
      `<1>1 - - - - - [a${' b="\\"'.repeat(30_000)}`,
      `Oct  2 07:11:43 box ${'a'.repeat(100_000)}`,
      `<1>[ 1.000000] T: ${' 123456789'.repeat(20_000)}`,
      ' '.repeat(200_000) + 'x' + ' '.repeat(200_000) + 'y',
    ]
    for (const format of logFormatNames)
      for (const line of hostile) expect(createRecordParser(format)(batchOf(`${line}\n`))).toHaveLength(1)
  })
})
