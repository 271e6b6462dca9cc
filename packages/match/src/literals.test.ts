import { describe, expect, it } from 'vitest'
import { literalFacts } from './literals.ts'
import { parsePattern } from './parser.ts'

function facts(pattern: string): { exact: string[] | undefined; required: string[] | undefined } {
  const { exact, required } = literalFacts(parsePattern(pattern))
  const text = (needle: Uint8Array): string => Buffer.from(needle).toString()
  return { exact: exact?.map(text), required: required?.map(text) }
}

describe('literalFacts', () => {
  it.each([
    ['Chrome/125', ['Chrome/125']],
    ['foo|bar', ['foo', 'bar']],
    ['x(a|b)y', ['xay', 'xby']],
    ['ab{3}c', ['abbbc']],
    ['é€', ['é€']],
    ['abc|b', ['b']],
  ])('knows that %s is nothing but literals', (pattern, exact) => {
    expect(facts(pattern).exact).toEqual(exact)
  })

  it.each(['', 'a*', '(?i)error', '^foo', 'foo\\b', '\\x{fffd}', '[a-z]', 'a|b*', 'a{2,3}'])(
    'does not take %s for a literal',
    pattern => {
      expect(facts(pattern).exact).toBeUndefined()
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
    expect(facts(pattern).required).toEqual(required)
  })

  it.each(['a.b', '(?i)ok', '(foo)?', 'foo|.', '[a-z]+'])('asks for no literal where %s has none worth it', pattern => {
    expect(facts(pattern).required).toBeUndefined()
  })
})
