import { Backoff } from '@logflow/ratelimit'
import { silentLogger } from '@logflow/core'
import { FakeClock } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { RrtailError } from './errors.ts'
import { MachineWatch, type Disturbance } from './machine-watch.ts'
import { Patience } from './patience.ts'
import { Position } from './position.ts'
import { remoteFollow } from './remote-follow.ts'

describe('MachineWatch', () => {
  it('tells when the machine slept and when its addresses changed, once each', async () => {
    const clock = new FakeClock()
    let addresses = 'wlan0 192.0.2.7'
    const machine = new MachineWatch({ clock, addresses: () => addresses })
    const told: Disturbance[] = []
    const forget = machine.onDisturbed(what => told.push(what))
    await clock.advance(10_000)
    expect(told).toEqual([])
    clock.jump(3_600_000)
    await clock.advance(5000)
    expect(told).toEqual(['woke'])
    addresses = 'wlan0 198.51.100.9'
    await clock.advance(5000)
    expect(told).toEqual(['woke', 'network'])
    forget()
    addresses = ''
    await clock.advance(5000)
    machine.close()
    await clock.advance(0)
    expect([told.length, clock.sleeping]).toEqual([2, 0])
  })

  it('ends a long delay between two tries: the reason for it is gone', async () => {
    const clock = new FakeClock()
    const stop = new AbortController()
    const machine = new MachineWatch({ clock, addresses: () => '' })
    const triedMs: number[] = []
    const refuse = (): never => {
      triedMs.push(clock.monotonicMs())
      throw new RrtailError('LF_RRTAIL_CONNECTION', 'no network')
    }
    const follower = remoteFollow(refuse, {
      position: new Position(),
      backoff: new Backoff({ initialMs: 1000, maxMs: 600_000, multiplier: 100, jitter: 0, random: () => 0 }),
      maxRetries: -1,
      signal: stop.signal,
      clock,
      logger: silentLogger,
      machine,
    })
    const ended = follower.next()
    await clock.advance(10_000)
    expect(triedMs).toEqual([0, 1000])
    clock.jump(3_600_000)
    await clock.advance(1000)
    expect(triedMs).toEqual([0, 1000, 11_000])
    stop.abort()
    await clock.advance(1000)
    machine.close()
    expect(await ended).toEqual({ done: true, value: undefined })
  })
})

describe('Patience', () => {
  /** Chunks that come when they are pushed. */
  const source = (): { chunks: AsyncIterable<Uint8Array>; push: () => void } => {
    let push: () => void = () => {}
    const next = (): Promise<IteratorResult<Uint8Array>> =>
      new Promise(resolve => (push = () => resolve({ done: false, value: Uint8Array.of(1) })))
    return { chunks: { [Symbol.asyncIterator]: () => ({ next }) }, push: () => push() }
  }
  const silent = expect.objectContaining({ code: 'LF_RRTAIL_CONNECTION' }) as Error

  it('gives up a server that says nothing for too long, sooner after a disturbance', async () => {
    const slow = new Patience({ firstMs: 20, silenceMs: Infinity, hurryMs: Infinity })
    await expect(slow.listen(source().chunks).next()).rejects.toThrow(silent)
    const hurried = new Patience({ firstMs: 60_000, silenceMs: 60_000, hurryMs: 20 })
    const { chunks, push } = source()
    const listening = hurried.listen(chunks)
    const first = listening.next()
    push()
    expect((await first).done).toBe(false)
    const second = listening.next()
    await Promise.resolve()
    hurried.hurry()
    await expect(second).rejects.toThrow(silent)
  })
})
