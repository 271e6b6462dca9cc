import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatOptions, hasOptions, parseOptions } from './options.ts'

const counts = fc.integer({ min: 1, max: 1_000_000 })
const on = fc.constant(true)
const options = fc.record(
  { quiet: on, plain: on, serverless: on, max: counts, before: counts, after: counts },
  { requiredKeys: [] },
)

describe('parseOptions', () => {
  it('reads what formatOptions wrote', () => {
    fc.assert(
      fc.property(options, given => {
        expect(parseOptions(formatOptions(given))).toEqual(given)
      }),
    )
  })

  it('keeps keys it does not know, whatever their value', () => {
    fc.assert(
      fc.property(fc.string(), value => {
        const other = new Map([['zone', value]])
        expect(parseOptions(formatOptions({ other })).other).toEqual(other)
      }),
    )
  })

  it('takes only "true" for true, and a count that is not positive for none', () => {
    expect(parseOptions('plain=True:quiet=true:max=-3')).toMatchObject({ plain: false, quiet: true, max: undefined })
  })

  it.each(['plain', 'a=b:c', 'max=1e3', 'max=', 'max=99999999999999999999', 'zone=base64%?'])('refuses %s', text => {
    expect(() => parseOptions(text)).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_COMMAND' }))
  })
})

describe('formatOptions', () => {
  it('sorts by key and leaves out what is not set', () => {
    expect(formatOptions({ quiet: true, plain: true, max: 0, after: 3 })).toBe('after=3:plain=true:quiet=true')
    expect(formatOptions({ plain: false })).toBe('')
  })
})

describe('hasOptions', () => {
  it('is true as soon as the client said anything', () => {
    expect(hasOptions(parseOptions(''))).toBe(false)
    expect(hasOptions(parseOptions('plain=no'))).toBe(true)
    expect(hasOptions(parseOptions('zone=a'))).toBe(true)
  })
})
