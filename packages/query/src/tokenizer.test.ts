import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokenize, TokenCursor } from './tokenizer.ts'

const words = (text: string): [string, boolean][] => tokenize(text).map(token => [token.text, token.bareword])

describe('tokenize', () => {
  it('splits at white space and commas, and keeps quoted words whole', () => {
    expect(words('a,b "c,d" e')).toEqual([
      ['a', true],
      ['b', true],
      ['c,d', false],
      ['e', true],
    ])
  })

  it('takes an unbalanced quote to the end, and empty quotes for an empty word', () => {
    expect(words('a "" "b c')).toEqual([
      ['a', true],
      ['', false],
      ['b c', false],
    ])
  })

  it('knows where each word stands', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'é', ' ', ',', '"', '`', '\u3000') })
    fc.assert(
      fc.property(word, text => {
        for (const token of tokenize(text)) expect(text.startsWith(token.text, token.position)).toBe(true)
      }),
    )
  })
})

describe('TokenCursor', () => {
  it('ends a clause at a bare keyword in any case, not at one in quotes or backticks', () => {
    const cursor = new TokenCursor('a `from` "where" b GROUP c')
    expect(cursor.takeClause().map(token => token.text)).toEqual(['a', 'from', 'where', 'b'])
    expect(cursor.take()?.text).toBe('GROUP')
  })

  it('leaves a lone backtick alone', () => {
    expect(new TokenCursor('` ``').takeClause()).toMatchObject([
      { text: '`', backticked: false },
      { text: '', backticked: true },
    ])
  })
})
