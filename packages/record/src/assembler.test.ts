import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordAssembler, type RecordAssemblerOptions } from './assembler.ts'
import type { LogFormatName } from './log-format.ts'
import type { LogRecord } from './log-record.ts'
import { createRecordParser } from './record-parser.ts'
import { batchOf, source } from '../test/batch.ts'

function assemble(text: string, options: RecordAssemblerOptions = {}, format: LogFormatName = 'generic'): LogRecord[] {
  const assembler = new RecordAssembler(options)
  return [...assembler.push(createRecordParser(format)(batchOf(text))), ...assembler.flush()]
}

describe('RecordAssembler', () => {
  it('joins indented lines to the record before them', () => {
    const records = assemble('Error: x\n\tat a\n\tat b\nnext\n')
    expect(records.map(({ text, offset, endOffset }) => [text, offset, endOffset])).toEqual([
      ['Error: x\n\tat a\n\tat b', 0, 21],
      ['next', 21, 26],
    ])
  })

  it('joins what does not match the start pattern', () => {
    const records = assemble('[1] a\nb\n\n[2] c\n', { continues: { unless: '^\\[\\d+\\]' } })
    expect(records.map(record => record.text)).toEqual(['[1] a\nb\n', '[2] c'])
  })

  it('joins the pieces of cut lines, per stream', () => {
    const t = '2026-10-02T07:11:43Z'
    const text = `${t} stdout P one\n${t} stderr F err\n${t} stdout P  two\n${t} stdout F  three\n`
    const records = assemble(text, {}, 'cri')
    expect(records.map(record => record.text)).toEqual(['one two three', 'err'])
    expect(records[0]).toMatchObject({ partial: undefined, endOffset: text.length })
  })

  it('starts a new record at the limits, and loses nothing', () => {
    expect(assemble('a\n b\n c\n d\n', { maxLines: 2 }).map(record => record.text)).toEqual(['a\n b', ' c\n d'])
    expect(assemble('aaa\n bbb\n c\n', { maxChars: 6 }).map(record => record.text)).toEqual(['aaa', ' bbb', ' c'])
  })

  it('keeps sources apart and flushes one alone', () => {
    const assembler = new RecordAssembler()
    const parse = createRecordParser('generic')
    const other = { ...source, id: 'other' }
    assembler.push([...parse(batchOf('a\n')), ...parse(batchOf('x\n', 0, other))])
    expect(assembler.push(parse(batchOf(' b\n', 2)))).toEqual([])
    expect(assembler.flush(source).map(record => record.text)).toEqual(['a\n b'])
    expect(assembler.openRecords).toBe(1)
    expect(assembler.flush().map(record => record.text)).toEqual(['x'])
  })

  it('holds a bounded number of records open', () => {
    const assembler = new RecordAssembler()
    const parse = createRecordParser('generic')
    const many = Array.from({ length: 5000 }, (_, id) =>
      parse(batchOf(`${id}\n`, 0, { ...source, id: `s${id}` })),
    ).flat()
    expect(assembler.push(many)).toHaveLength(5000 - 4096)
    expect(assembler.openRecords).toBe(4096)
  })

  it('refuses a start pattern that does not compile', () => {
    expect(() => new RecordAssembler({ continues: { unless: '(' } })).toThrow(
      expect.objectContaining({ code: 'LF_RECORD_RULE_INVALID' }),
    )
  })

  it('gives the same however the records are handed over', () => {
    const lines = fc.array(fc.constantFrom('a', ' b', '\tc', '', 'd '), { minLength: 1 })
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 5 }), (texts, size) => {
        const records = createRecordParser('generic')(batchOf(texts.join('\n') + '\n'))
        const assembler = new RecordAssembler({ maxLines: 3 })
        const pieces: LogRecord[] = []
        for (let at = 0; at < records.length; at += size) pieces.push(...assembler.push(records.slice(at, at + size)))
        pieces.push(...assembler.flush())
        expect(pieces).toEqual(assemble(texts.join('\n') + '\n', { maxLines: 3 }))
        expect(pieces.map(record => record.text).join('\n')).toBe(texts.join('\n'))
      }),
    )
  })
})
