import { describe, expect, it } from 'vitest'
import { PendingBytes } from './pending-bytes.ts'

describe('PendingBytes', () => {
  it('gives what was added since it was last asked, however much that is', () => {
    const pending = new PendingBytes()
    expect(pending.take()).toHaveLength(0)
    for (const size of [1, 20_000, 0, 70_000]) pending.add(new Uint8Array(size).fill(size % 251))
    const taken = pending.take()
    expect([taken[0], taken[1], taken[20_001], taken.length]).toEqual([1, 20_000 % 251, 70_000 % 251, 90_001])
    pending.add(Uint8Array.of(7))
    expect([...pending.take()]).toEqual([7])
    expect(pending.take()).toHaveLength(0)
  })
})
