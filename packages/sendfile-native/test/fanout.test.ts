import { once } from 'node:events'
import { appendFileSync, mkdirSync, openSync, closeSync, rmSync, truncateSync } from 'node:fs'
import { platform } from 'node:os'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openFanout, type Fanout } from '../src/index.ts'
import { engines } from './engines.ts'
import { nextBytes, openDescriptors, Pairs, patterned, received, sha256, TestFile } from './loopback.ts'

describe.each(engines)('openFanout, %s engine', engine => {
  let fanout: Fanout
  let pairs: Pairs
  beforeEach(async () => {
    fanout = openFanout({ engine })
    pairs = await Pairs.open()
  })
  afterEach(async () => {
    await fanout.close()
    await pairs[Symbol.asyncDispose]()
  })

  it('sends a file from an offset to its end, byte for byte', async () => {
    const bytes = patterned(5_000_003)
    using file = new TestFile(bytes)
    const { server, client } = await pairs.connect()
    const transfer = fanout.send(server, { fd: file.fd, offset: 777, mode: 'end' })
    expect(transfer.engine).toBe(engine)
    const all = received(client)
    expect(await transfer.done).toEqual({ outcome: 'ended', offset: 5_000_003, bytesSent: 4_999_226 })
    server.end()
    expect(sha256(await all)).toBe(sha256(bytes.subarray(777)))
  })

  it('sends the range up to an end that was given, and nothing for an empty one', async () => {
    using file = new TestFile('0123456789')
    const { server, client } = await pairs.connect()
    const all = received(client)
    for (const [offset, end] of [
      [2, 5],
      [4, 4],
      [9, 3],
      [7, 10],
    ] as const)
      expect((await fanout.send(server, { fd: file.fd, offset, mode: 'end', end }).done).outcome).toBe('ended')
    server.end()
    expect((await all).toString()).toBe('234789')
  })

  it('follows: one announcement wakes everybody who waits before the new size', async () => {
    using file = new TestFile('one\n')
    const ends = await Promise.all(Array.from({ length: 20 }, () => pairs.connect()))
    ends.forEach(({ server }, i) => fanout.send(server, { fd: file.fd, offset: i % 4, mode: 'follow' }))
    await vi.waitFor(() => expect(fanout.stats().parked).toBe(20))
    appendFileSync(file.path, 'two\n')
    fanout.extend(file.fd, 8)
    const texts = await Promise.all(ends.map(({ client }, i) => nextBytes(client, 8 - (i % 4))))
    expect(texts.map(String)).toEqual(ends.map((_, i) => 'one\ntwo\n'.slice(i % 4)))
    await vi.waitFor(() => expect(fanout.stats()).toMatchObject({ active: 20, parked: 20, bytesSent: 130 }))
  })

  it('waits with an offset past the end until the file is that long', async () => {
    using file = new TestFile('short')
    const { server, client } = await pairs.connect()
    fanout.send(server, { fd: file.fd, offset: 8, mode: 'follow' })
    await vi.waitFor(() => expect(fanout.stats().parked).toBe(1))
    appendFileSync(file.path, '56')
    fanout.extend(file.fd, 7)
    appendFileSync(file.path, '789')
    fanout.extend(file.fd, 10)
    expect((await nextBytes(client, 2)).toString()).toBe('89')
  })

  it('loses no append that races with reaching the end', async () => {
    using file = new TestFile('')
    const { server, client } = await pairs.connect()
    fanout.send(server, { fd: file.fd, offset: 0, mode: 'follow' })
    const sent: Buffer[] = []
    let size = 0
    for (let i = 0; i < 400; i++) {
      const bytes = patterned(1 + ((i * 37) % 900))
      appendFileSync(file.path, bytes)
      fanout.extend(file.fd, (size += bytes.length))
      sent.push(bytes)
      if (i % 3 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    expect(sha256(await nextBytes(client, size))).toBe(sha256(Buffer.concat(sent)))
  })

  it('turns a follower into a range that ends, and leaves the socket usable for the next file', async () => {
    using old = new TestFile('old generation|')
    using fresh = new TestFile('new generation')
    const { server, client } = await pairs.connect()
    const all = received(client)
    const first = fanout.send(server, { fd: old.fd, offset: 0, mode: 'follow' })
    await vi.waitFor(() => expect(fanout.stats().parked).toBe(1))
    first.endAt(15)
    expect(await first.done).toMatchObject({ outcome: 'ended', offset: 15 })
    await fanout.send(server, { fd: fresh.fd, offset: 0, mode: 'end' }).done
    server.end()
    expect((await all).toString()).toBe('old generation|new generation')
  })

  it('ends at once when the end that was set lies behind', async () => {
    using file = new TestFile('0123456789')
    const { server } = await pairs.connect()
    const transfer = fanout.send(server, { fd: file.fd, offset: 0, mode: 'follow' })
    await vi.waitFor(() => expect(fanout.stats().parked).toBe(1))
    transfer.endAt(3)
    expect(await transfer.done).toMatchObject({ outcome: 'ended', offset: 10 })
  })

  it('reports a file that is shorter than the range that was asked for', async () => {
    using file = new TestFile(patterned(20_000_000))
    const { server, client } = await pairs.connect()
    const transfer = fanout.send(server, { fd: file.fd, offset: 0, mode: 'end' })
    await vi.waitFor(() => expect(fanout.stats().blocked).toBe(1))
    truncateSync(file.path, 1000)
    client.resume()
    const { outcome, offset } = await transfer.done
    expect(outcome).toBe('truncated')
    expect(offset).toBeLessThan(20_000_000)
  })

  it('sends what was written to the socket before, first', async () => {
    using file = new TestFile('FILE')
    const { server, client } = await pairs.connect()
    const before = patterned(8_000_000)
    server.write(before)
    expect(server.writableLength).toBeGreaterThan(0)
    const transfer = fanout.send(server, { fd: file.fd, offset: 0, mode: 'end' })
    file.close() // the fanout has its own descriptor
    const all = received(client)
    expect((await transfer.done).outcome).toBe('ended')
    server.end('AFTER')
    expect(sha256(await all)).toBe(sha256(Buffer.concat([before, Buffer.from('FILEAFTER')])))
  })

  it('gives quick peers their bytes while slow ones hold still', async () => {
    const bytes = patterned(12_000_000)
    using file = new TestFile(bytes)
    const slow = await Promise.all(Array.from({ length: 10 }, () => pairs.connect()))
    for (const { server } of slow) fanout.send(server, { fd: file.fd, offset: 0, mode: 'follow' })
    const { server, client } = await pairs.connect()
    const all = received(client)
    await fanout.send(server, { fd: file.fd, offset: 0, mode: 'end' }).done
    server.end()
    expect(sha256(await all)).toBe(sha256(bytes))
    await vi.waitFor(() => expect(fanout.stats().blocked).toBe(10))
  })

  const leavesInFile = async (): Promise<void> => {
    using file = new TestFile(patterned(16_000_000))
    const { server } = await pairs.connect()
    const transfer = fanout.send(server, { fd: file.fd, offset: 0, mode: 'end' })
    await vi.waitFor(() => expect(transfer.state).toBe('blocked'))
    expect(transfer.offset).toBeLessThan(2_000_000)
  }
  if (engine === 'native') it('leaves what a peer does not take in the file, not in the kernel', leavesInFile)

  it('ends the transfer and the connection when the socket is destroyed', async () => {
    using file = new TestFile('abc')
    const { server, client } = await pairs.connect()
    const transfer = fanout.send(server, { fd: file.fd, offset: 0, mode: 'follow' })
    await vi.waitFor(() => expect(fanout.stats().parked).toBe(1))
    const all = received(client)
    server.destroy()
    expect(await transfer.done).toMatchObject({ outcome: 'closed', offset: 3 })
    expect((await all).toString()).toBe('abc')
    expect((await fanout.send(server, { fd: file.fd, offset: 0, mode: 'end' }).done).outcome).toBe('closed')
  })

  it('takes a peer that resets the connection as an end, not as an error', async () => {
    using file = new TestFile(patterned(20_000_000))
    const { server, client } = await pairs.connect()
    const transfer = fanout.send(server, { fd: file.fd, offset: 0, mode: 'end' })
    await once(client, 'readable')
    client.resetAndDestroy()
    expect((await transfer.done).outcome).toBe('closed')
    expect(server.destroyed).toBe(true)
  })

  it('cancels one transfer, and all of them on close', async () => {
    using file = new TestFile('abc')
    const [one, two] = [await pairs.connect(), await pairs.connect()]
    const first = fanout.send(one.server, { fd: file.fd, offset: 0, mode: 'follow' })
    const second = fanout.send(two.server, { fd: file.fd, offset: 0, mode: 'follow' })
    const gone = received(one.client)
    first.cancel()
    expect((await first.done).outcome).toBe('cancelled')
    await gone
    expect(fanout.stats().active).toBe(1)
    await fanout.close()
    expect((await second.done).outcome).toBe('cancelled')
    expect(() => fanout.send(one.server, { fd: file.fd, offset: 0, mode: 'end' })).toThrow(
      expect.objectContaining({ code: 'LF_SENDFILE_CLOSED' }),
    )
  })

  it('refuses what is not an open regular file, and bad ranges', async () => {
    using file = new TestFile('abc')
    const { server } = await pairs.connect()
    const folder = `${file.path}.d`
    mkdirSync(folder)
    const fd = openSync(folder, 'r')
    const start = expect.objectContaining({ code: 'LF_SENDFILE_START' }) as Error
    expect(() => fanout.send(server, { fd, offset: 0, mode: 'follow' })).toThrow(start)
    closeSync(fd)
    rmSync(folder, { recursive: true })
    expect(() => fanout.send(server, { fd: 1_000_000, offset: 0, mode: 'follow' })).toThrow(start)
    for (const offset of [-1, 0.5, NaN, 2 ** 53])
      expect(() => fanout.send(server, { fd: file.fd, offset, mode: 'follow' })).toThrow(RangeError)
  })

  it.runIf(platform() === 'linux')('leaves no descriptor behind', async () => {
    using file = new TestFile(patterned(3_000_000))
    const round = async (): Promise<void> => {
      const ends = await Promise.all(Array.from({ length: 12 }, () => pairs.connect()))
      const transfers = ends.map(({ server }, i) =>
        fanout.send(server, { fd: file.fd, offset: 0, mode: i % 2 ? 'follow' : 'end' }),
      )
      ends[0]?.client.resetAndDestroy()
      ends[1]?.server.destroy()
      transfers[2]?.cancel()
      for (const { client } of ends.slice(3, 8)) client.resume()
      transfers.slice(3, 8).forEach(transfer => transfer.endAt(2_000_000))
      await Promise.all(transfers.slice(0, 8).map(transfer => transfer.done))
      for (const { server, client } of ends) {
        server.destroy()
        client.destroy()
      }
      await Promise.all(transfers.map(transfer => transfer.done))
    }
    await round()
    await vi.waitFor(() => expect(fanout.stats().active).toBe(0))
    const before = openDescriptors()
    for (let i = 0; i < 5; i++) await round()
    await vi.waitFor(() => expect(openDescriptors()).toBeLessThanOrEqual(before))
  })
})
