import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MAX_THREADS } from '../src/limits.ts'
import { openFanout, type Fanout } from '../src/index.ts'
import { engines } from './engines.ts'
import { nextBytes, openDescriptors, Pairs, patterned, received, sha256, TestFile } from './loopback.ts'

describe.each(engines)('adopt, %s engine', engine => {
  let fanout: Fanout
  let pairs: Pairs
  let onClosed = vi.fn()
  beforeEach(async () => {
    onClosed = vi.fn() // sockets of the test before may close only now
    fanout = openFanout({ engine })
    pairs = await Pairs.open()
  })
  afterEach(async () => {
    await fanout.close()
    await pairs[Symbol.asyncDispose]()
  })

  it('sends one file after the other into a connection, and closes it after the last byte', async () => {
    const bytes = patterned(3_000_000)
    using first = new TestFile(bytes)
    using second = new TestFile('second')
    const { server, client } = await pairs.connect()
    const all = received(client)
    const connection = fanout.adopt(server, { onClosed })
    const leg = connection.send({ fd: first.fd, offset: 5, mode: 'follow' })
    await vi.waitFor(() => expect(leg.state).toBe('parked'))
    leg.endAt(3_000_000)
    expect(await leg.done).toEqual({ outcome: 'ended', offset: 3_000_000, bytesSent: 2_999_995 })
    const next = connection.send({ fd: second.fd, offset: 0, mode: 'follow' })
    await vi.waitFor(() => expect(next.state).toBe('parked'))
    appendFileSync(second.path, ' and more')
    fanout.extend(second.fd, 15)
    await vi.waitFor(() => expect(next.offset).toBe(15))
    next.endAt(15)
    await next.done
    expect(onClosed).not.toHaveBeenCalled()
    connection.end()
    expect(sha256(await all)).toBe(sha256(Buffer.concat([bytes.subarray(5), Buffer.from('second and more')])))
    await vi.waitFor(() => expect(onClosed).toHaveBeenCalledOnce())
    expect(fanout.stats()).toEqual({ active: 0, parked: 0, blocked: 0, bytesSent: 2_999_995 + 15 })
  })

  it('drops what the peer says, so that closing does not cost it the last bytes', async () => {
    using file = new TestFile('the file')
    const { server, client } = await pairs.connect()
    const connection = fanout.adopt(server, { onClosed })
    const leg = connection.send({ fd: file.fd, offset: 0, mode: 'follow' })
    await new Promise<void>(resolve => client.write(Buffer.alloc(300_000, 'g'), () => resolve()))
    await vi.waitFor(() => expect(leg.state).toBe('parked'))
    leg.endAt(8)
    await leg.done
    const all = received(client)
    connection.end()
    expect((await all).toString()).toBe('the file')
  })

  it('leaves a flood in the kernel and goes on sending', async () => {
    using file = new TestFile('0123456789')
    const { server, client } = await pairs.connect()
    fanout.adopt(server, { maxIgnoredBytes: 65_536 }).send({ fd: file.fd, offset: 0, mode: 'follow' })
    const chunk = Buffer.alloc(1_000_000)
    for (let i = 0; i < 40; i++) client.write(chunk) // more than two kernel buffers hold
    expect((await nextBytes(client, 10)).toString()).toBe('0123456789')
    appendFileSync(file.path, 'more')
    fanout.extend(file.fd, 14)
    expect((await nextBytes(client, 4)).toString()).toBe('more')
    expect(client.writableLength).toBeGreaterThan(0)
  })

  it('serves on who has only closed the sending side', async () => {
    using file = new TestFile('abc')
    const { server, client } = await pairs.connect()
    fanout.adopt(server).send({ fd: file.fd, offset: 0, mode: 'follow' })
    client.end()
    expect((await nextBytes(client, 3)).toString()).toBe('abc')
    appendFileSync(file.path, 'def')
    fanout.extend(file.fd, 6)
    expect((await nextBytes(client, 3)).toString()).toBe('def')
  })

  it('tells of a peer that is gone, and starts nothing for it any more', async () => {
    using file = new TestFile(patterned(20_000_000))
    const { server, client } = await pairs.connect()
    const connection = fanout.adopt(server, { onClosed })
    const leg = connection.send({ fd: file.fd, offset: 0, mode: 'follow' })
    await once(client, 'readable')
    client.resetAndDestroy()
    expect((await leg.done).outcome).toBe('closed')
    await vi.waitFor(() => expect(onClosed).toHaveBeenCalledOnce())
    const late = connection.send({ fd: file.fd, offset: 7, mode: 'follow' })
    expect(await late.done).toEqual({ outcome: 'closed', offset: 7, bytesSent: 0 })
    connection.end()
    connection.destroy()
    expect(onClosed).toHaveBeenCalledOnce()
  })

  it('notices a peer that left between two files', async () => {
    using file = new TestFile('abc')
    const { server, client } = await pairs.connect()
    const connection = fanout.adopt(server, { onClosed })
    await connection.send({ fd: file.fd, offset: 0, mode: 'end' }).done
    client.resetAndDestroy()
    await vi.waitFor(async () => {
      const { outcome } = await connection.send({ fd: file.fd, offset: 0, mode: 'end' }).done
      expect(outcome).toBe('closed')
    })
    await vi.waitFor(() => expect(onClosed).toHaveBeenCalledOnce())
  })

  it('closes what it has, between two files too, when the fanout is closed', async () => {
    using file = new TestFile('abc')
    const [one, two] = [await pairs.connect(), await pairs.connect()]
    const ends = [received(one.client), received(two.client)]
    const between = fanout.adopt(one.server, { onClosed })
    await between.send({ fd: file.fd, offset: 0, mode: 'end' }).done
    fanout.adopt(two.server, { onClosed }).send({ fd: file.fd, offset: 0, mode: 'follow' })
    await vi.waitFor(() => expect(fanout.stats().parked).toBe(1))
    await fanout.close()
    one.server.destroy() // of the JavaScript engine: still the caller's between two files
    expect((await Promise.all(ends)).map(String)).toEqual(['abc', 'abc'])
    await vi.waitFor(() => expect(onClosed).toHaveBeenCalledTimes(2))
  })

  const costs = async (): Promise<void> => {
    using file = new TestFile('abc')
    const before = openDescriptors()
    const ends = await Promise.all(Array.from({ length: 20 }, () => pairs.connect()))
    for (const { server } of ends) fanout.adopt(server, { onClosed }).send({ fd: file.fd, offset: 0, mode: 'follow' })
    await vi.waitFor(() => expect(fanout.stats().parked).toBe(20))
    expect(ends.every(({ server }) => server.destroyed)).toBe(true)
    // Two ends of twenty connections in this process, the file once for each thread, and that of the fanout.
    await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(before + 40 + MAX_THREADS + 1))
    for (const { client } of ends) client.resetAndDestroy()
    await vi.waitFor(() => expect(onClosed).toHaveBeenCalledTimes(20))
    await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(before))
  }
  if (engine === 'native') it('costs one descriptor and no socket of Node', costs)
})
