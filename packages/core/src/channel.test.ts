import { describe, expect, it } from 'vitest'
import { createChannel } from './channel.ts'

async function drain<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = []
  for await (const item of items) out.push(item)
  return out
}

describe('createChannel', () => {
  it('hands items over in order and ends when closed', async () => {
    const channel = createChannel<number>({ capacity: 2, overflow: 'wait' })
    const received = drain(channel)
    for (let i = 0; i < 100; i++) await channel.send(i)
    channel.close()
    expect(await received).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  it('makes a sender wait while it is full, and lets it give up', async () => {
    const channel = createChannel<number>({ capacity: 1, overflow: 'wait' })
    await channel.send(1)
    const controller = new AbortController()
    const waiting = channel.send(2, { signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect(channel.size).toBe(1)
  })

  it('drops the oldest or the newest by choice, and counts and tells every drop', async () => {
    const told: number[] = []
    const oldest = createChannel<number>({ capacity: 2, overflow: 'drop-oldest', onDrop: item => told.push(item) })
    const newest = createChannel<number>({ capacity: 2, overflow: 'drop-newest' })
    for (const item of [1, 2, 3, 4]) await Promise.all([oldest.send(item), newest.send(item)])
    oldest.close()
    newest.close()
    expect(await drain(oldest)).toEqual([3, 4])
    expect(await drain(newest)).toEqual([1, 2])
    expect([told, oldest.dropped, newest.dropped]).toEqual([[1, 2], 2, 2])
  })

  it('refuses when full with `fail`, and after close with its own code', async () => {
    const channel = createChannel<number>({ capacity: 1, overflow: 'fail' })
    await channel.send(1)
    await expect(channel.send(2)).rejects.toMatchObject({ code: 'LF_CORE_CHANNEL_FULL', retryable: true })
    channel.close()
    await expect(channel.send(3)).rejects.toMatchObject({ code: 'LF_CORE_CHANNEL_CLOSED' })
  })

  it('gives the reader the error it was closed with, after what was queued', async () => {
    const channel = createChannel<number>({ capacity: 4, overflow: 'wait' })
    await channel.send(1)
    channel.close(new Error('source failed'))
    const seen: number[] = []
    await expect(
      (async () => {
        for await (const item of channel) seen.push(item)
      })(),
    ).rejects.toThrow('source failed')
    expect(seen).toEqual([1])
  })

  it('releases waiting senders when the reader leaves', async () => {
    const channel = createChannel<number>({ capacity: 1, overflow: 'wait' })
    await channel.send(1)
    const stuck = expect(Promise.all([channel.send(2), channel.send(3)])).rejects.toMatchObject({
      code: 'LF_CORE_CHANNEL_CLOSED',
    })
    for await (const _ of channel) break
    await stuck
  })
})
