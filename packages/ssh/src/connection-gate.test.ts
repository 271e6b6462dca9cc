import { describe, expect, it } from 'vitest'
import { ConnectionGate, networkOf, type Entry } from './connection-gate.ts'
import { resolveServerLimits, type SshServerLimits } from './limits.ts'

function gate(limits: Partial<SshServerLimits>): { gate: ConnectionGate; readonly pass: (ms: number) => void } {
  let nowMs = 0
  return { gate: new ConnectionGate(resolveServerLimits(limits), () => nowMs), pass: ms => void (nowMs += ms) }
}

function entered(answer: Entry | string): Entry {
  if (typeof answer === 'string') throw new Error(answer)
  return answer
}

describe('ConnectionGate', () => {
  it('counts in all and per address', () => {
    const { gate: here } = gate({ maxConnections: 3, maxConnectionsPerAddress: 2 })
    const first = entered(here.enter('10.0.0.1'))
    entered(here.enter('10.0.0.1'))
    expect(here.enter('10.0.0.1')).toBe('too many connections from this address')
    entered(here.enter('10.0.0.2'))
    expect(here.enter('10.0.0.3')).toBe('too many connections')
    first.leave()
    first.leave()
    expect(here.open).toBe(2)
    entered(here.enter('10.0.0.3'))
  })

  it('refuses an address that keeps failing, for the rest of its minute', () => {
    const { gate: here, pass } = gate({ maxFailedLoginsPerMinutePerAddress: 2 })
    for (let i = 0; i < 2; i++) entered(here.enter('10.0.0.1')).leave()
    expect(here.enter('10.0.0.1')).toBe('too many failed logins from this address')
    entered(here.enter('10.0.0.2'))
    pass(60_000)
    entered(here.enter('10.0.0.1'))
  })

  it('counts no failure for who has logged in', () => {
    const { gate: here } = gate({ maxFailedLoginsPerMinutePerAddress: 1 })
    for (let i = 0; i < 5; i++) {
      const entry = entered(here.enter('10.0.0.1'))
      entry.loggedIn()
      entry.leave()
    }
  })

  it('limits attempts per minute where that is asked for', () => {
    const { gate: here, pass } = gate({ maxConnectionsPerMinutePerAddress: 1 })
    entered(here.enter('10.0.0.1')).loggedIn()
    expect(here.enter('10.0.0.1')).toBe('too many attempts from this address')
    pass(60_000)
    entered(here.enter('10.0.0.1'))
  })

  it('names who crowds out others without having logged in, but nobody who has', () => {
    const { gate: here } = gate({})
    const entries = ['10.0.0.1', '10.0.0.1', '10.0.0.2'].map(ip => entered(here.enter(ip)))
    expect(here.crowdedBy('10.0.0.3')).toBe('10.0.0.1')
    expect(here.crowdedBy('10.0.0.1')).toBeUndefined()
    for (const entry of entries) entry.loggedIn()
    expect(here.crowdedBy('10.0.0.3')).toBeUndefined()
  })

  it('remembers a bounded number of addresses, and forgets each after its minute', () => {
    const { gate: here, pass } = gate({ maxConnections: 100_000 })
    for (let i = 0; i < 20_000; i++) entered(here.enter(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)).leave()
    expect(here.addresses).toBe(10_000)
    pass(60_000)
    entered(here.enter('10.0.0.1'))
    expect(here.addresses).toBe(1)
  })
})

describe('networkOf', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:DB8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::3:4:5:6:7', '2001:db8:0:3::/64'],
    ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
  ])('takes %s for a part of %s', (ip, network) => expect(networkOf(ip)).toBe(network))
})
