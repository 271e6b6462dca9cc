import { describe, expect, it } from 'vitest'
import { parsePattern } from './parser.ts'

const refusal = (pattern: string): unknown => {
  try {
    return parsePattern(pattern)
  } catch (error) {
    return error
  }
}

describe('parsePattern', () => {
  it.each([
    ['a**', 1, 'invalid nested repetition operator', '**'],
    ['ab(?=c)', 2, 'invalid or unsupported Perl syntax', '(?='],
    ['(a)\\1', 3, 'invalid escape sequence', '\\1'],
    ['x(a(b)', 1, 'missing closing )', '(a(b)'],
    ['a)b', 1, 'unexpected )', ')'],
    ['é[a', 1, 'missing closing ]', '[a'],
    ['[a-cz-b]', 4, 'invalid character class range', 'z-b'],
    ['a{1001}', 1, 'invalid repeat count', '{1001}'],
    ['(?P<a-b>x)', 0, 'invalid named capture', '(?P<a-b>'],
    ['\\p{Klingon}', 0, 'invalid character class range', '\\p{Klingon}'],
    ['ab\\', 3, 'trailing backslash at end of expression', ''],
    ['|*', 1, 'missing argument to repetition operator', '*'],
    ['a\ud800', 1, 'invalid UTF-8', '\ud800'],
  ])('refuses %s and says where and why', (pattern, position, reason, fragment) => {
    expect(refusal(pattern)).toMatchObject({
      name: 'MatchError',
      code: 'LF_MATCH_SYNTAX',
      retryable: false,
      detail: { position, reason, fragment },
    })
  })

  it('refuses groups that nest too deep instead of running out of stack', () => {
    const nested = `${'('.repeat(8000)}a${')'.repeat(8000)}`
    expect(refusal(nested)).toMatchObject({ code: 'LF_MATCH_TOO_LARGE', detail: { limit: 250 } })
    expect(refusal(`${'(a|b'.repeat(249)}${')*'.repeat(249)}`)).toMatchObject({ kind: 'repeat' })
  })

  it('refuses a pattern that names very many Unicode classes', () => {
    const classes = Array.from({ length: 60 }, (_, i) => `\\p{${'_'.repeat(i)}Greek}`).join('')
    expect(refusal(classes)).toMatchObject({ code: 'LF_MATCH_TOO_LARGE' })
    expect(refusal('[\\pLa]'.repeat(2000))).toMatchObject({ code: 'LF_MATCH_TOO_LARGE' })
  })

  it('accepts script names with their underscores', () => {
    expect(parsePattern('\\p{Old_Italic}')).toEqual(parsePattern('\\p{olditalic}'))
  })

  it('makes one set of alternatives that are single characters', () => {
    expect(parsePattern('a|[b-d]|e')).toEqual({ kind: 'set', set: [0x61, 0x65] })
  })
})
