import { describe, expect, it } from 'vitest'
import { literalBytes, literalFacts } from './literals.ts'
import { parsePattern } from './parser.ts'

interface Facts {
  readonly exact: string[] | undefined
  readonly required: string[] | undefined
}

/** Literals of bytes with one value each. */
function plainFacts(pattern: string): Facts {
  const { exact, required } = literalFacts(parsePattern(pattern), { maxLiterals: 4, plain: true })
  return { exact: exact?.map(text), required: required?.map(text) }
  function text(literal: readonly string[]): string {
    return new TextDecoder().decode(literalBytes(literal))
  }
}

/** Literals as they would be written in a pattern, as latin1. */
function facts(pattern: string): Facts {
  const { exact, required } = literalFacts(parsePattern(pattern))
  return { exact: exact?.map(text), required: required?.map(text) }
  function text(literal: readonly string[]): string {
    return literal.map(bytes => (bytes.length === 1 ? bytes : `[${bytes}]`)).join('')
  }
}

describe('literalFacts for plain literals', () => {
  it.each([
    ['Chrome/125', ['Chrome/125']],
    ['foo|bar', ['foo', 'bar']],
    ['x(a|b)y', ['xay', 'xby']],
    ['ab{3}c', ['abbbc']],
    ['é€', ['é€']],
    ['abc|b', ['b']],
  ])('knows that %s is nothing but literals', (pattern, exact) => {
    expect(plainFacts(pattern).exact).toEqual(exact)
  })

  it.each(['', 'a*', '(?i)error', '^foo', 'foo\\b', '\\x{fffd}', '[a-z]', 'a|b*', 'a{2,3}'])(
    'does not take %s for a literal',
    pattern => {
      expect(plainFacts(pattern).exact).toBeUndefined()
    },
  )

  it.each([
    ['foo.*barbaz', ['barbaz']],
    ['^error: .*$', ['error: ']],
    ['" [45][0-9]{2} [0-9]{5} .*rt=1\\.[89]', ['rt=1.8', 'rt=1.9']],
    ['(timeout|refused).+', ['timeout', 'refused']],
    ['x(abc)+[0-9]', ['xabc']],
    ['[0-9](abc)+def', ['abcdef']],
    ['(abc){2,}[0-9]', ['abcabc']],
    ['(foo)?(bars)?rest', ['rest']],
  ])('finds what every match of %s must hold', (pattern, required) => {
    expect(plainFacts(pattern).required).toEqual(required)
  })

  it.each(['a.b', '(?i)ok', '(foo)?', 'foo|.', '[a-z]+'])('asks for no literal where %s has none worth it', pattern => {
    expect(plainFacts(pattern).required).toBeUndefined()
  })
})

describe('literalFacts', () => {
  it.each([
    ['(?i)error|warn', ['[Ee][Rr][Rr][Oo][Rr]', '[Ww][Aa][Rr][Nn]']],
    ['(?i)ks', ['[Kk][Ss]', '[Kk]\xc5\xbf', '\xe2\x84\xaa[Ss]', '\xe2\x84\xaa\xc5\xbf']],
    ['" [45]', ['" [45]']],
    ['[0-9]{2}', ['[0123456789][0123456789]']],
    ['a[bc]|xab', ['a[bc]']],
    ['[ab]c|ac', ['[ab]c']],
    ['[^\\x{80}-\\x{10ffff}]', [`[${String.fromCharCode(...Array(128).keys())}]`]],
    ['a|b|c1|d1|e1|f1|g1|h1|i1', ['c1', 'd1', 'e1', 'f1', 'g1', 'h1', 'i1', '[ab]']],
  ])('knows that %s is nothing but literals', (pattern, exact) => {
    expect(facts(pattern).exact?.sort()).toEqual(exact.sort())
  })

  it.each(['(?i)kskk', 'é|[^a]', '[^a]', '.', '\\pL', '(?i)error$', '[a-zé]{4}'])(
    'does not take %s for literals',
    pattern => {
      expect(facts(pattern).exact).toBeUndefined()
    },
  )

  it.each([
    ['" [45][0-9]{2} .*rt=1', ['" [45][0123456789][0123456789] ']],
    ['(?i)chrome.*hit$', ['[Cc][Hh][Rr][Oo][Mm][Ee]']],
    ['(?i)^session', ['[Ee]', '[Ss]']],
  ])('finds what every match of %s must hold', (pattern, required) => {
    expect(facts(pattern).required?.[0]).toContain(required[0])
  })
})
