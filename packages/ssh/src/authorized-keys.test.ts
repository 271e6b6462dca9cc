import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAuthorizedKeys } from './authorized-keys.ts'

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8W3cKqTSIvNk3jQwHVPxU0P1J5J9Q0c7j2f2n2E5mR'

describe('parseAuthorizedKeys', () => {
  it('reads keys with and without options and comments', () => {
    const text = `# mine\n\n${KEY} paul@earth and more\r\ncommand="echo \\"hi there\\"",no-pty ${KEY}\n`
    const { keys, skipped } = parseAuthorizedKeys(text)
    expect(skipped).toEqual([])
    expect(keys.map(({ algorithm, options, comment }) => ({ algorithm, options, comment }))).toEqual([
      { algorithm: 'ssh-ed25519', options: '', comment: 'paul@earth and more' },
      { algorithm: 'ssh-ed25519', options: 'command="echo \\"hi there\\"",no-pty', comment: '' },
    ])
  })

  it('passes over what it cannot read, and says where and why', () => {
    const { keys, skipped } = parseAuthorizedKeys(`ssh-rsa AAAA!\n${KEY}\nnonsense\nssh-rsa ${KEY.split(' ')[1]}\n`)
    expect(keys).toHaveLength(1)
    expect(skipped).toEqual([
      { line: 1, reason: 'not a ssh-rsa key' },
      { line: 3, reason: 'no key algorithm' },
      { line: 4, reason: 'not a ssh-rsa key' },
    ])
  })

  it('never throws, whatever the file holds', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => void parseAuthorizedKeys(text)))
  })
})
