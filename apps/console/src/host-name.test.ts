import { describe, expect, it } from 'vitest'
import { isAllowedHost } from './host-name.ts'

describe('isAllowedHost', () => {
  it('takes localhost and addresses, with and without a port', () => {
    for (const host of ['localhost', 'localhost:4380', 'LOCALHOST', '127.0.0.1:1', '10.0.0.7', '[::1]:80'])
      expect(isAllowedHost(host, []), host).toBe(true)
  })

  it('refuses other names unless they are allowed, as a rebound name is how a foreign page would get in', () => {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:80', '', undefined])
      expect(isAllowedHost(host, []), host).toBe(false)
    expect(isAllowedHost('logs.example:443', ['Logs.Example'])).toBe(true)
  })
})
