import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { nativeSupport } from '@logflow/sendfile-native'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../../testkit/src/index.ts'
import { serveFile, type FileServer, type ServeOptions } from '../src/index.ts'
import { ManualFile } from './manual-file.ts'
import { TestReader } from './reader.ts'

const engines = nativeSupport().supported ? (['native', 'javascript'] as const) : (['javascript'] as const)
const MEGABYTE = 1_000_000

/** Whatever one client does, this one gets its bytes. */
describe.each(engines)('a client that behaves badly costs nobody else anything, %s engine', engine => {
  let file: ManualFile
  let server: FileServer
  let good: TestReader
  const readers: TestReader[] = []
  const read = (header?: string | Uint8Array): TestReader => {
    const reader = new TestReader(server.port, header)
    readers.push(reader)
    return reader
  }
  const start = async (options: ServeOptions = {}): Promise<void> => {
    server = await serveFile(file, { engine, ...options, limits: { drainMs: 100, ...options.limits } })
    good = read('-3\n')
    await good.has('end')
  }
  /** The good reader gets what is appended now, and a new one is let in. */
  const goodIsServed = async (text: string): Promise<void> => {
    await file.append(text)
    await good.has(`end${text}`)
    await read(`-${text.length}\n`).has(text)
  }
  beforeEach(() => (file = new ManualFile(Buffer.concat([Buffer.alloc(30 * MEGABYTE, 'x'), Buffer.from('end')]))))
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.socket.destroy()
    await server.close()
    file[Symbol.dispose]()
  })

  it('stands still: it is sent no more than the kernel holds, and nothing is held for it here', async () => {
    await start()
    const still = Array.from({ length: 20 }, () => read('0\n'))
    for (const reader of still) reader.socket.pause()
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ readers: 21, blocked: 20 }))
    await goodIsServed('new')
    const { farthestBehindBytes, bytesSent } = server.stats()
    expect(farthestBehindBytes).toBeGreaterThan(15 * MEGABYTE)
    expect(bytesSent).toBeLessThan(20 * 15 * MEGABYTE)
  })

  it('stands still for too long: it is closed and counted, the others are not', async () => {
    const clock = new FakeClock()
    await start({ clock, limits: { stallTimeoutMs: 40_000, headerTimeoutMs: 1_000_000 } })
    const still = read('0\n')
    still.socket.pause()
    await vi.waitFor(() => expect(server.stats().blocked).toBe(1))
    await clock.advance(39_000)
    expect(server.stats()).toMatchObject({ readers: 2, refusedStalled: 0 })
    await clock.advance(21_000)
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ readers: 1, clients: 1, refusedStalled: 1 }))
    await goodIsServed('new')
  })

  it('sends its header byte by byte: it has the time of one header', async () => {
    const clock = new FakeClock()
    await start({ clock, limits: { headerTimeoutMs: 10_000 } })
    const slow = read('1')
    await vi.waitFor(() => expect(server.stats().waitingForHeader).toBe(1))
    for (let i = 0; i < 9; i++) {
      slow.socket.write('0')
      await clock.advance(1100)
    }
    await clock.advance(200)
    expect(await slow.all()).toBe('')
    expect(server.stats()).toMatchObject({ refusedTimeout: 1, waitingForHeader: 0 })
    await goodIsServed('new')
  })

  it('sends garbage instead of a header: it is closed at the limit of a header', async () => {
    await start()
    for (const bytes of [randomBytes(100_000), Buffer.alloc(100_000, '1'), Buffer.alloc(100_000), Buffer.from('\n')])
      expect(await read(bytes).all()).toBe('')
    await vi.waitFor(() => expect(server.stats()).toMatchObject({ refusedHeader: 4, clients: 1 }))
    await goodIsServed('new')
  })

  it('sends garbage after its header: what is beyond the limit is left in the kernel', async () => {
    await start({ limits: { maxIgnoredBytes: 100_000 } })
    const flood = read('-3\n')
    const chunk = randomBytes(MEGABYTE)
    for (let i = 0; i < 40; i++) flood.socket.write(chunk)
    await flood.has('end')
    await goodIsServed('new')
    await flood.has('endnew')
    expect(flood.socket.writableLength).toBeGreaterThan(MEGABYTE)
  })

  it('is only half open: it gets its bytes for as long as it takes them, and is gone when it is', async () => {
    await start()
    const half = read('-3\n')
    half.socket.end()
    await half.has('end')
    await goodIsServed('new')
    await half.has('endnew')
    half.socket.resetAndDestroy()
    await vi.waitFor(async () => {
      await file.append('!') // after the end of its input, only writing shows that it is gone
      expect(server.stats().readers).toBe(2)
    })
  })

  it('comes with many connections: an address has its share, also after some of them have left', async () => {
    await start({ limits: { maxClientsPerAddress: 3 } })
    const others = [read('-1\n'), read('-1\n')]
    for (const reader of others) await reader.has('d')
    expect(await read('-1\n').all()).toBe('')
    expect(server.stats()).toMatchObject({ clients: 3, clientAddresses: 1, refusedAddress: 1 })
    others[0]?.socket.resetAndDestroy()
    await vi.waitFor(() => expect(server.stats().clients).toBe(2))
    await read('-1\n').has('d')
  })

  it('comes from an address that is not on the allow list: it is closed before it can say anything', async () => {
    await start({ allow: { addresses: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'] } })
    const stranger = connect({ port: server.port, host: '127.0.0.1', localAddress: '127.0.0.2' })
    stranger.on('error', () => {}).resume()
    stranger.write('0\n')
    await once(stranger, 'close')
    expect(stranger.bytesRead).toBe(0)
    await vi.waitFor(() => expect(server.stats().refusedForbidden).toBe(1))
    await goodIsServed('new')
  })

  it('connects and leaves, hundreds of times: nothing is left of it', async () => {
    await start()
    for (let round = 0; round < 10; round++) {
      const batch = Array.from({ length: 50 }, (_, i) => read(['0\n', '-5\n', 'x\n', undefined][i % 4]))
      await Promise.all(batch.map(({ socket }) => once(socket, 'connect')))
      for (const [i, { socket }] of batch.entries()) if (i % 2) socket.resetAndDestroy()
      for (const { socket } of batch) socket.destroy()
    }
    await vi.waitFor(async () => {
      await file.append('!') // the first one makes a closed end answer, the next one sees that
      expect(server.stats()).toMatchObject({ clients: 1, readers: 1, waitingForHeader: 0 })
    })
    await vi.waitFor(() => expect(good.bytes.toString()).toMatch(/^end!+$/))
  })
})

describe('an allow list', () => {
  it.each(['10.0.0', '10.0.0.0/x', '10.0.0.0/99', 'host', ''])('does not take %j for an address', async entry => {
    using file = new ManualFile('x')
    await expect(serveFile(file, { allow: { addresses: [entry] } })).rejects.toThrow(RangeError)
  })

  it('does not take fingerprints without TLS', async () => {
    using file = new ManualFile('x')
    await expect(serveFile(file, { allow: { fingerprints: ['ab'.repeat(32)] } })).rejects.toThrow(RangeError)
  })
})
