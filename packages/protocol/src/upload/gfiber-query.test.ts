import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProtocolError } from '../errors.ts'
import { formatUploadQuery, parseUploadQuery, parseUploadTarget } from './gfiber-query.ts'

const pairs = fc.array(
  fc.tuple(fc.string({ unit: 'binary', maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 12 })),
  {
    minLength: 1,
    maxLength: 12,
  },
)

describe('parseUploadQuery', () => {
  it('reads what formatUploadQuery wrote: repeated keys, order, any character', () => {
    fc.assert(
      fc.property(pairs, given => {
        expect(parseUploadQuery(formatUploadQuery(given))).toEqual(given)
      }),
    )
  })

  it('keeps a plus, and takes a pair without = for a key alone', () => {
    expect(parseUploadQuery('a=1+2&b&c=d=e&=f')).toEqual([
      ['a', '1+2'],
      ['b', ''],
      ['c', 'd=e'],
      ['', 'f'],
    ])
    expect(parseUploadQuery('')).toEqual([])
  })

  it('decodes raw characters beside escaped ones', () => {
    expect(parseUploadQuery('a=\u00e4%41\u{1f600}')).toEqual([['a', '\u00e4A\u{1f600}']])
  })

  it.each(['a=%', 'a=%4', 'a=%zz', 'a=%ff', `a=${'x'.repeat(2047)}`, 'a&'.repeat(256)])('refuses %s', query => {
    expect(() => parseUploadQuery(query)).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_MALFORMED' }))
  })

  it('makes something of any text, or throws its own error', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        try {
          parseUploadQuery(text)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
    )
  })
})

describe('formatUploadQuery', () => {
  it('escapes all that curl escapes', () => {
    expect(
      formatUploadQuery([
        ['ip6', 'fe80::1%eth0'],
        ['x', "!'()*-._~ "],
      ]),
    ).toBe('ip6=fe80%3A%3A1%25eth0&x=%21%27%28%29%2A-._~%20')
  })
})

describe('parseUploadTarget', () => {
  it('takes the name as it stands and the pairs in order', () => {
    expect(parseUploadTarget('/upload/dmesg?model=a&serial=b')).toEqual({
      name: 'dmesg',
      pairs: [
        ['model', 'a'],
        ['serial', 'b'],
      ],
    })
    expect(parseUploadTarget('/upload/a/b%20c')).toEqual({ name: 'a/b%20c', pairs: [] })
  })

  it('leaves other paths alone and refuses an upload without a name', () => {
    expect(parseUploadTarget('/uploads/x')).toBeUndefined()
    expect(() => parseUploadTarget('/upload/?a=b')).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_MALFORMED' }))
  })
})
