import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LogflowError } from './logflow-error.ts'
import { formatResumeToken, parseResumeToken } from './resume-token.ts'

const word = fc.string({ unit: fc.constantFrom(...'abz09.-_:'), minLength: 1, maxLength: 40 })
const tokens = fc.record({ sourceId: word, offset: fc.maxSafeNat(), tailHash: fc.constantFrom('', 'ab12') })

describe('a resume token', () => {
  it('survives the way through text', () => {
    fc.assert(
      fc.property(tokens, token => {
        expect(parseResumeToken(formatResumeToken(token))).toEqual(token)
      }),
    )
  })

  it('is refused with our error when it is anything else', () => {
    const refused = (text: string): void => {
      try {
        parseResumeToken(text)
      } catch (error) {
        if (LogflowError.is(error) && error.code === 'LF_CORE_RESUME_TOKEN') return
        throw error
      }
      throw new Error(`accepted ${text}`)
    }
    for (const text of [
      '',
      'lf1',
      'lf1,a,-1,',
      'lf1,a,1',
      'lf2,a,1,',
      'lf1,a,9007199254740993,',
      'lf1,a b,1,',
      'lf1,a,1,x,y',
    ])
      refused(text)
    fc.assert(
      fc.property(
        fc.string().filter(text => !text.startsWith('lf1,')),
        refused,
      ),
    )
    expect(() => formatResumeToken({ sourceId: 'a,b', offset: 1, tailHash: '' })).toThrow()
  })
})
