import { appendFileSync } from 'node:fs'
import { systemClock, type Clock } from '@logflow/core'
import { nativeSupport } from '@logflow/sendfile-native'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { serveFile, type FileServer, type GrowingFileLike, type ServeOptions } from '../src/index.ts'
import { ManualFile } from './manual-file.ts'
import { TestReader } from './reader.ts'

const engines = nativeSupport().supported ? (['native', 'javascript'] as const) : (['javascript'] as const)

describe.each(engines)('serveFile, %s engine', engine => {
  let server: FileServer | undefined
  const readers: TestReader[] = []
  const start = async (
    file: GrowingFileLike | Promise<GrowingFileLike>,
    options: ServeOptions = {},
  ): Promise<FileServer> =>
    (server = await serveFile(file, { engine, ...options, limits: { drainMs: 500, ...options.limits } }))
  const read = (header?: string | Uint8Array): TestReader => {
    const reader = new TestReader((server as FileServer).port, header)
    readers.push(reader)
    return reader
  }
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.socket.destroy()
    await server?.close()
    server = undefined
  })

  it('sends from the asked offset, and whatever is appended, to each reader', async () => {
    using file = new ManualFile('0123456789')
    await start(file)
    const asked = ['0\n', '4\n', '-3\n', '-1000\n', '  +7 \r\n', '10\n', '12\n'].map(read)
    const expected = ['0123456789', '456789', '789', '0123456789', '789', '', '']
    await Promise.all(asked.map((reader, i) => reader.has(expected[i] as string)))
    await vi.waitFor(() => expect(server?.stats().atEnd).toBe(7))
    await file.append('abcd')
    await Promise.all(asked.map((reader, i) => reader.has(i === 6 ? 'cd' : `${expected[i]}abcd`)))
    const counts = { clients: 7, acceptedTotal: 7, bytesSent: 32 + 26, lostBytes: 0 }
    await vi.waitFor(() => expect(server?.stats()).toMatchObject(counts))
  })

  it('takes the header in any pieces, and ignores what comes after it', async () => {
    using file = new ManualFile('0123456789')
    await start(file)
    const reader = read('-')
    await vi.waitFor(() => expect(server?.stats().waitingForHeader).toBe(1))
    reader.socket.write('2')
    reader.socket.write('\nstream something else\n5\n')
    await reader.has('89')
    reader.socket.end() // half closed: still wants the file
    await file.append('X')
    await reader.has('89X')
  })

  it('closes a bad header and sends nothing', async () => {
    using file = new ManualFile('0123456789')
    await start(file)
    for (const bad of [
      'x\n',
      '1 2\n',
      '\n',
      '1e3\n',
      '99999999999999999999\n',
      '5'.repeat(5000),
      '\xff\xfe\n',
      'resume x\n',
    ])
      expect(await read(Buffer.from(bad, 'latin1')).all()).toBe('')
    const halfway = read('12')
    halfway.socket.end()
    expect(await halfway.all()).toBe('')
    expect(server?.stats()).toMatchObject({ refusedHeader: 9, clients: 0 })
  })

  it('knows the commands of the older dialect for its one file', async () => {
    using file = new ManualFile('0123456789')
    await start(file)
    expect(await read('list\n').all()).toBe('app.log\n')
    expect(await read('stream other.log\n').all()).toBe('error: no such file\n')
    const [end, middle] = [read('stream app.log\n'), read('stream app.log from byte -4\n')]
    await middle.has('6789')
    await vi.waitFor(() => expect(server?.stats().atEnd).toBe(2))
    await file.append('!')
    await Promise.all([end.has('!'), middle.has('6789!')])
  })

  it('lets clients in before the file is there', async () => {
    using file = new ManualFile('late')
    let appear: (file: GrowingFileLike) => void = () => {}
    await start(new Promise<GrowingFileLike>(resolve => (appear = resolve)))
    const reader = read('1\n')
    await vi.waitFor(() => expect(server?.stats()).toMatchObject({ clients: 1, waitingForHeader: 0 }))
    appear(file)
    await reader.has('ate')
  })

  it('closes clients that are too many, or too slow with their header', async () => {
    using file = new ManualFile('x')
    let nowMs = 0
    const wake: (() => void)[] = []
    const clock: Clock = {
      ...systemClock,
      monotonicMs: () => nowMs,
      sleep: (ms, { signal } = {}) =>
        ms < 9000
          ? systemClock.sleep(ms, { signal })
          : new Promise((resolve, reject) => {
              wake.push(resolve)
              signal?.addEventListener('abort', () => reject(signal.reason as Error))
            }),
    }
    await start(file, { clock, limits: { maxClients: 2, stallTimeoutMs: Infinity } })
    const [slow, quick] = [read('1'), read('0\n')]
    await quick.has('x')
    expect(await read('0\n').all()).toBe('')
    nowMs = 10_001
    wake.shift()?.()
    expect(await slow.all()).toBe('')
    await vi.waitFor(() => expect(server?.stats()).toMatchObject({ refusedLimit: 1, refusedTimeout: 1, clients: 1 }))
  })

  it('sends what is there and closes everybody when the file is gone', async () => {
    using file = new ManualFile('0123456789')
    await start(file)
    const reader = read('0\n')
    await reader.has('0123456789')
    appendFileSync(file.path, 'last words') // nobody was told about these
    await file.tell('gone')
    expect(await reader.all()).toBe('0123456789last words')
    expect(await server?.closed).toBe('gone')
  })

  it('lingers with the open file when it is told to', async () => {
    using file = new ManualFile('old')
    await start(file, {
      rotation: 'linger',
      clock: { ...systemClock, sleep: (_, options) => systemClock.sleep(5, options) },
    })
    const reader = read('0\n')
    await reader.has('old')
    await file.tell('gone')
    await file.close()
    appendFileSync(file.path, ' and more')
    await reader.has('old and more')
    await read('-4\n').has('more')
  })

  it('follows the name: the old file to its end, late writers included, then the new one', async () => {
    using file = new ManualFile('old1 ')
    await start(file, { rotation: 'follow', limits: { rotationGraceMs: 50 } })
    const [reader, past] = [read('0\n'), read('5\n')]
    await reader.has('old1 ')
    await vi.waitFor(() => expect(server?.stats().atEnd).toBe(2))
    const old = await file.rotate('new1 ')
    appendFileSync(old, 'late ')
    await Promise.all([reader.has('old1 late new1 '), past.has('late new1 ')])
    await file.append('new2 ')
    await reader.has('old1 late new1 new2 ')
    await read('0\n').has('new1 new2 ')
    expect(file.released).toHaveLength(1)
    await file.rotate('third')
    await reader.has('old1 late new1 new2 third')
    expect(server?.stats().lostBytes).toBe(0)
  })

  it('follows the name through copytruncate and counts what a slow reader lost by it', async () => {
    const big = Buffer.alloc(30_000_000, 'a')
    using file = new ManualFile(big)
    await start(file, { rotation: 'follow' })
    const [quick, slow] = [read('-3\n'), read('0\n')]
    slow.socket.pause()
    await quick.has('aaa')
    await vi.waitFor(() => expect(server?.stats()).toMatchObject({ blocked: 1, atEnd: 1 }))
    await file.truncate('fresh')
    await quick.has('aaafresh')
    slow.socket.resume()
    await vi.waitFor(() => expect(slow.bytes.toString('latin1').endsWith('afresh')).toBe(true))
    expect(slow.bytes.length - 5 + (server?.stats().lostBytes ?? 0)).toBe(big.length)
  })

  it('waits through a truncation until the file is long enough again when it does not follow the name', async () => {
    using file = new ManualFile('0123456789')
    await start(file)
    const reader = read('0\n')
    await reader.has('0123456789')
    await file.truncate('abc')
    await file.append('defghijXY')
    await reader.has('0123456789XY')
  })

  it('lets go of a reader that is too many rotations behind, not of the others', async () => {
    using file = new ManualFile(Buffer.alloc(30_000_000, 'a'))
    await start(file, { rotation: 'follow', limits: { maxGenerations: 2, rotationGraceMs: 0 } })
    const stuck = read('0\n')
    stuck.socket.pause()
    await vi.waitFor(() => expect(server?.stats().blocked).toBe(1))
    for (const name of ['one', 'two']) await file.rotate(name)
    await vi.waitFor(() => expect(server?.stats()).toMatchObject({ refusedBehind: 1, clients: 0 }))
    expect(file.released).toHaveLength(2)
    await read('0\n').has('two')
  })

  it('closes after readers got what is there', async () => {
    using file = new ManualFile(Buffer.alloc(30_000_000, 'z'))
    await start(file, { limits: { drainMs: 50_000 } })
    const [reader, silent] = [read('0\n'), read()]
    await vi.waitFor(() => expect(server?.stats().clients).toBe(2))
    await server?.close()
    expect((await reader.all()).length).toBe(30_000_000)
    expect(await silent.all()).toBe('')
    expect(await server?.closed).toBe('stopped')
  })

  it('gives up on readers that do not read when it closes', async () => {
    using file = new ManualFile(Buffer.alloc(30_000_000, 'z'))
    await start(file, { limits: { drainMs: 300 } })
    const stuck = read('0\n')
    stuck.socket.pause()
    await vi.waitFor(() => expect(server?.stats()).toMatchObject({ clients: 1, blocked: 1 }))
    await server?.close()
    stuck.socket.resume()
    expect((await stuck.all()).length).toBeLessThan(30_000_000)
    expect(await server?.closed).toBe('stopped')
  })

  it('survives clients that reset at any moment', async () => {
    using file = new ManualFile(Buffer.alloc(5_000_000, 'r'))
    await start(file)
    for (let i = 0; i < 30; i++) {
      const reader = read(i % 3 === 0 ? undefined : '0\n')
      reader.socket.once(i % 2 ? 'connect' : 'ready', () => reader.socket.resetAndDestroy())
    }
    await vi.waitFor(() => expect(server?.stats()).toMatchObject({ clients: 0, acceptedTotal: 30 }))
    await read('-1\n').has('r')
  })

  it('rejects an address that is in use, with the address in the error', async () => {
    using file = new ManualFile('x')
    await start(file)
    await expect(serveFile(file, { port: (server as FileServer).port })).rejects.toMatchObject({
      code: 'LF_SERVE_LISTEN',
      detail: { host: '127.0.0.1' },
    })
  })
})
