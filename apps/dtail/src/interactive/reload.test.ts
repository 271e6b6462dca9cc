import { describe, expect, it } from 'vitest'
import type { Question } from '../client/question.ts'
import { reloaded } from './reload.ts'
import { splitWords } from './split-words.ts'

const grep: Question = { mode: 'grep', files: ['a'], pattern: 'x', invert: false, options: {}, timeoutSeconds: 0 }
const map: Question = { ...grep, mode: 'cat', query: 'select count($line)', pattern: '.' }

describe('splitWords', () => {
  it.each([
    [` a\tb  c `, ['a', 'b', 'c']],
    [`--query "select count(x) from s" -p`, ['--query', 'select count(x) from s', '-p']],
    [`a'b "c'd`, ['ab "cd']],
    [String.raw`a\ b "c\"d" \\`, ['a b', 'c"d', '\\']],
    [`"" ''`, []],
  ])('parts %j', (line, words) => {
    expect(splitWords(line)).toEqual(words)
  })

  it('does not take half of anything', () => {
    expect(() => splitWords('a "b')).toThrow('unterminated quoted string')
    expect(() => splitWords('a \\')).toThrow('unterminated escape sequence')
  })
})

describe('reloaded', () => {
  it('changes what is named and keeps the rest', () => {
    const next = reloaded(grep, ['-files=b,c', '--regex', 'y', '-invert', '-before', '2', '-timeout', '7'])
    expect(next).toMatchObject({ mode: 'grep', files: ['b', 'c'], pattern: 'y', invert: true, timeoutSeconds: 7 })
    expect(next.options).toMatchObject({ before: 2, after: 0, plain: false })
    expect(reloaded(next, ['-plain', '-invert=false'])).toMatchObject({
      files: ['b', 'c'],
      pattern: 'y',
      invert: false,
      options: { before: 2, plain: true, quiet: true },
    })
  })

  it('takes a query where there is one, and looks for the lines of its table', () => {
    const next = reloaded(map, ['-query', 'from STATS select max(a)'])
    expect(next.query).toBe('from STATS select max(a)')
    expect(next.pattern).toContain('MAPREDUCE:STATS')
  })

  it.each([
    [grep, [], 'reload requires flags to change'],
    [grep, ['-files', 'b', 'c'], 'unexpected arguments: c'],
    [grep, ['-files'], '-files needs a value'],
    [grep, ['-files', ','], 'no files to read'],
    [grep, ['-query', 'select a'], '-query cannot be changed'],
    [grep, ['-regex', '('], '('],
    [grep, ['-max', '-1'], '-max is a number'],
    [grep, ['-plain=maybe'], '-plain is true or false'],
    [map, ['-regex', 'y'], '-regex cannot be changed'],
    [map, ['-query', 'select'], 'Invalid query'],
    [{ ...grep, mode: 'cat' } as const, ['-max', '1'], '-max cannot be changed'],
  ] as const)('refuses %#', (question, words, message) => {
    expect(() => reloaded(question, words)).toThrow(message)
  })
})
