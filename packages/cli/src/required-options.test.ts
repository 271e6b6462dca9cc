import { describe, expect, it } from 'vitest'
import { requiredOptions } from './required-options.ts'

describe('requiredOptions', () => {
  it('gives what is there', () => {
    expect(requiredOptions({ store: 'a', tlsCert: 'b' }, ['store', 'tlsCert'])).toMatchObject({
      store: 'a',
      tlsCert: 'b',
    })
  })

  it.each([
    [{ a: 'x', tlsCert: undefined, c: 'y' }, '--tls-cert is missing'],
    [{ a: '', tlsCert: undefined, c: 'y' }, '--a and --tls-cert are missing'],
    [{ a: undefined, tlsCert: undefined, c: undefined }, '--a, --tls-cert and --c are missing'],
  ])('names of %j just what is not', (options, message) => {
    expect(() => requiredOptions(options, ['a', 'tlsCert', 'c'])).toThrow(
      expect.objectContaining({ code: 'LF_CLI_USAGE', message }),
    )
  })
})
