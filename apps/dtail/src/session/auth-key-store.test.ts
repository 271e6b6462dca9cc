import { FakeClock } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { AuthKeyStore } from './auth-key-store.ts'

const key = (id: number): { algorithm: string; blob: Uint8Array } => ({ algorithm: 'x', blob: Uint8Array.of(id) })

describe('AuthKeyStore', () => {
  it('forgets a key after its time', async () => {
    const clock = new FakeClock()
    const store = new AuthKeyStore({ ttlSeconds: 10, maxPerUser: 5, clock })
    store.add('ann', key(1))
    await clock.advance(9_999)
    expect(store.has('ann', key(1))).toBe(true)
    expect(store.has('bob', key(1))).toBe(false)
    await clock.advance(1)
    expect(store.has('ann', key(1))).toBe(false)
  })

  it('keeps the newest keys; one that comes again is new', () => {
    const store = new AuthKeyStore({ ttlSeconds: 10, maxPerUser: 2, clock: new FakeClock() })
    for (const id of [1, 2, 1, 3]) store.add('ann', key(id))
    expect([1, 2, 3].map(id => store.has('ann', key(id)))).toEqual([true, false, true])
  })
})
