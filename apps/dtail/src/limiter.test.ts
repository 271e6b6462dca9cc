import { describe, expect, it } from 'vitest'
import { Limiter } from './limiter.ts'

describe('Limiter', () => {
  it('lets in so many, and the rest in the order of asking', async () => {
    const limiter = new Limiter(1)
    const order: string[] = []
    const release = await limiter.take()
    const rest = ['b', 'c'].map(async name => {
      const give = await limiter.take()
      order.push(name)
      give()
    })
    expect(limiter.full).toBe(true)
    release()
    release()
    await Promise.all(rest)
    expect(order).toEqual(['b', 'c'])
    expect(limiter.full).toBe(false)
  })

  it('forgets who gave up waiting', async () => {
    const limiter = new Limiter(1)
    const release = await limiter.take()
    const abort = new AbortController()
    const waiting = limiter.take({ signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    release()
    ;(await limiter.take())()
  })
})
