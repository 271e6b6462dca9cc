import { lineBatch, type LineBatch } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { compilePattern } from './matcher.ts'

const source = { host: 'h', path: '/x', id: 's' }
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const batch = (text: string): LineBatch => lineBatch({ source, bytes: bytes(text) })

describe('compilePattern', () => {
  it('refuses patterns over its limits', () => {
    expect(() => compilePattern('a'.repeat(20_000))).toThrow(
      expect.objectContaining({ code: 'LF_MATCH_TOO_LARGE', detail: { limit: 16 * 1024 } }),
    )
    expect(() => compilePattern('[ab]{100}[cd]{100}', { maxStates: 150 })).toThrow(
      expect.objectContaining({ code: 'LF_MATCH_TOO_LARGE', detail: { limit: 150, states: 201 } }),
    )
    expect(() => compilePattern('a', { maxStates: 0 })).toThrow(RangeError)
  })

  it('says which bytes decide when the pattern is a literal', () => {
    expect(compilePattern('a\\.b').literal).toEqual(bytes('a.b'))
    expect(compilePattern('.*a\\.b.*').literal).toEqual(bytes('a.b'))
    expect(compilePattern('a.b', { literal: true }).literal).toEqual(bytes('a.b'))
    expect(compilePattern('a.b').literal).toBeUndefined()
    expect(compilePattern('a.b').pattern).toBe('a.b')
  })

  it('matches everything with nothing to find', () => {
    for (const matcher of [compilePattern(''), compilePattern('', { literal: true }), compilePattern('.*')]) {
      expect(matcher.test(bytes(''))).toBe(true)
      expect([...matcher.matchingLines(batch('a\n\nb'))]).toEqual([0, 1, 2])
    }
  })
})

describe('Matcher', () => {
  it.each(['b+', 'bb', 'b|x'])('tests %s within a range only', pattern => {
    const matcher = compilePattern(pattern)
    const text = bytes('aabbaa')
    expect(matcher.test(text)).toBe(true)
    expect(matcher.test(text, 4)).toBe(false)
    expect(matcher.test(text, 0, 2)).toBe(false)
    expect(matcher.test(text.subarray(1), 1, 3)).toBe(true)
    expect(() => matcher.test(text, 2, 7)).toThrow(RangeError)
  })

  it('takes the ends of a range for the ends of the text', () => {
    expect(compilePattern('^bb$').test(bytes('aabbaa'), 2, 4)).toBe(true)
    expect(compilePattern('\\bbb\\b').test(bytes('aabbaa'), 2, 4)).toBe(true)
  })

  it.each([
    ['literal', 'lo w'],
    ['two literals', 'lo w|xyz'],
    ['required literal', 'lo w.r'],
    ['automaton', 'lo [a-w].r'],
  ])('finds lines by %s', (_, pattern) => {
    const matcher = compilePattern(pattern)
    expect([...matcher.matchingLines(batch('hello world\nno\nhello world hello world\n\nlo war'))]).toEqual([0, 2, 4])
    expect([...matcher.matchingLines(batch('lo \nwar\n'))]).toEqual([])
    expect([...matcher.matchingLines(batch(''))]).toEqual([])
  })

  it.each(['foo$', 'foo\\n', '(?m)foo$', 'o\\n$', 'o[^x]$', 'foo\\nbar', '\\nbar', 'o\\s|never'])(
    'tests %s on the line with its newline exactly when asked to',
    pattern => {
      const matcher = compilePattern(pattern)
      for (const withNewline of [false, true]) {
        const expected = ['foo\n', 'bar\n', 'foo\n', 'foo'].flatMap((line, index) =>
          matcher.test(bytes(withNewline ? line : line.trimEnd())) ? [index] : [],
        )
        expect([...matcher.matchingLines(batch('foo\nbar\nfoo\nfoo'), { withNewline })]).toEqual(expected)
      }
    },
  )

  it('does not find a literal across the pieces of a long line', () => {
    const pieces = lineBatch({ source, bytes: bytes('abcabc\n'), ends: Uint32Array.of(2, 4, 7) })
    for (const pattern of ['ca', 'bc', 'c[a-b]', 'bc|xx', 'ab+|zz.']) {
      const expected = ['ab', 'ca', 'bc'].flatMap((piece, i) => (compilePattern(pattern).test(bytes(piece)) ? [i] : []))
      expect([...compilePattern(pattern).matchingLines(pieces)]).toEqual(expected)
    }
  })

  it('gives the same answers after a common literal has sent it to the automaton', () => {
    const matcher = compilePattern('error [45]')
    const lines = batch('error 4\nerror 3\nok\nerror 5\n')
    for (let i = 0; i < 200; i++) expect([...matcher.matchingLines(lines)]).toEqual([0, 3])
  })

  it('takes a Buffer for bytes like any other', () => {
    const pool = Buffer.from('xx needle\nhay\n').subarray(3)
    for (const pattern of ['needle', 'n[e]+dle', 'n.*e']) {
      expect(compilePattern(pattern).test(pool, 0, 6)).toBe(true)
      expect([...compilePattern(pattern).matchingLines(lineBatch({ source, bytes: pool }))]).toEqual([0])
    }
  })
})
