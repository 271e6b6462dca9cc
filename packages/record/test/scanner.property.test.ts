import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFieldScanner, createRecordParser, decodeText, logFormatNames, type LogFormatName } from '../src/index.ts'
import { batchOf, source } from './batch.ts'
import { lineBatch, type LineBatch } from '@logflow/core'

const word = fc.string({ unit: fc.constantFrom('a', 'b', '=', '|', ',', ' ', 'é', '$'), maxLength: 6 })
const dtailLine = fc
  .tuple(fc.constantFrom('INFO', 'INFORM', 'WARN'), fc.array(word, { minLength: 8, maxLength: 8 }), fc.array(word))
  .map(([level, parts, pairs]) => [level, ...parts, 'MAPREDUCE:T', 'a=1', ...pairs].join('|'))
const csvLine = fc.array(fc.constantFrom('a', 'b', '', '1'), { maxLength: 4 }).map(cells => cells.join(','))
const lines = fc.array(fc.oneof(dtailLine, csvLine, word, fc.string()), { maxLength: 12 })
const names = ['a', 'b', '$time', '$severity', '$hour', '$line', '$empty', 'ab', 'é']

/** Fields of every line as the scanner gives them; `undefined` for lines that are no records. */
function scan(format: LogFormatName, batch: LineBatch): (Record<string, string> | undefined)[] {
  const scanner = createFieldScanner(format, names, new Map([['$empty', '']]))
  scanner.open(batch)
  return [...batch.ends].map((end, index) => {
    if (scanner.scan(index === 0 ? 0 : (batch.ends[index - 1] as number), end) !== 'record') return undefined
    const found = names.flatMap((name, slot) => {
      const start = scanner.starts[slot] as number
      return start === -1 ? [] : [[name, decodeText(scanner.buffers[slot] as Uint8Array, start, scanner.ends[slot])]]
    })
    return Object.fromEntries(found) as Record<string, string>
  })
}

describe('createFieldScanner', () => {
  it('finds on bytes what the parser of the same format finds on text', () => {
    fc.assert(
      fc.property(lines, fc.constantFrom<LogFormatName>('default', 'csv', 'logfmt', 'json'), (texts, format) => {
        const batch = batchOf(texts.map(text => text.replaceAll('\n', ' ')).join('\n'))
        const records = createRecordParser(format)(batch)
        for (const [index, fields] of scan(format, batch).entries()) {
          const parsed = records[index]?.fields ?? new Map<string, string>()
          for (const name of ['a', 'b', '$time', '$severity', '$hour', 'ab', 'é']) {
            if (fields) expect(fields[name]).toBe(parsed.get(name))
            else if (records[index]?.unparsed !== true) expect(parsed.size).toBe(0)
          }
        }
      }),
    )
  })

  it('gives the last of equal keys, and keys before the names of the format', () => {
    const [fields] = scan('default', batchOf(' INFO|20211002-071143|1|2|3|4|5|6|7|MAPREDUCE:X|a=1|a=2|$time=never\r\n'))
    expect(fields).toMatchObject({ a: '2', $time: 'never', $hour: '07', $empty: '' })
    expect(fields?.$line).toBe('INFO|20211002-071143|1|2|3|4|5|6|7|MAPREDUCE:X|a=1|a=2|$time=never')
  })

  it('passes over the parts of generickv that are no pairs', () => {
    expect(scan('generickv', batchOf('lost|a=1||b=2=3\n'))[0]).toMatchObject({ a: '1', b: '2=3' })
  })

  it('tells foreign lines from malformed ones', () => {
    const scanner = createFieldScanner('default', ['a'])
    const verdict = (text: string): string => {
      const batch = batchOf(text)
      scanner.open(batch)
      return scanner.scan(0, batch.bytes.length)
    }
    expect(verdict('INFO|1|2|3|4|5|6|7|8|MAPREDUCE:X|a=1')).toBe('record')
    expect(verdict('INFO|1|2|3|4|5|6|7|8|MAPREDUCE:X')).toBe('foreign')
    expect(verdict('INFO|1|2|3|4|5|6|7|8|OTHER|a=1')).toBe('foreign')
    expect(verdict('WARN|1|2|3|4|5|6|7|8|MAPREDUCE:X|a=1')).toBe('foreign')
    expect(verdict('INFO|1|2|3|4|5|6|7|8|MAPREDUCE:X|a=1|b')).toBe('malformed')
  })

  it('survives any bytes in every format', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...logFormatNames), (bytes, format) => {
        const batch = lineBatch({ source, bytes })
        expect(createRecordParser(format)(batch)).toHaveLength(batch.ends.length)
        expect(scan(format, batch)).toHaveLength(batch.ends.length)
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
  }, 10_000)
})
