import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Reader, Tailsrv } from './running.ts'

describe('tailsrv', () => {
  let folder: string
  let path: string
  const running: Tailsrv[] = []
  const start = (...args: string[]): Tailsrv => {
    const server = new Tailsrv('--bind-address', '127.0.0.1', '--port', '0', ...args)
    running.push(server)
    return server
  }
  const read = async (server: Tailsrv, header: string): Promise<Reader> => {
    const { port } = await server.event('server.listening')
    return new Reader(Number(port), header)
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tailsrv-'))
    path = join(folder, 'app.log')
  })
  afterEach(async () => {
    for (const server of running.splice(0)) {
      server.kill('SIGKILL')
      await server.exit
    }
    rmSync(folder, { recursive: true })
  })

  it('lets clients in before the file is there, and exits with 0 when it is gone', async () => {
    const server = start(path)
    const whole = await read(server, '0\n')
    writeFileSync(path, 'first\n')
    await whole.begins('first\n')
    const end = await read(server, '-3\n')
    await end.begins('st\n')
    appendFileSync(path, 'second\n')
    await end.begins('st\nsecond\n')
    rmSync(path)
    expect(await server.exit).toBe(0)
    expect([await whole.all, await end.all]).toEqual(['first\nsecond\n', 'st\nsecond\n'])
    expect(server.events.at(-1)).toMatchObject({ event: 'server.stopped', acceptedTotal: 2, refusedHeader: 0 })
  })

  it('follows the name across a rotation', async () => {
    writeFileSync(path, 'old\n')
    const server = start('--follow-name', path)
    const reader = await read(server, '0\n')
    await reader.begins('old\n')
    renameSync(path, `${path}.1`)
    appendFileSync(`${path}.1`, 'late\n')
    writeFileSync(path, 'new\n')
    await reader.begins('old\nlate\nnew\n')
  })

  it('serves a directory without what .ignore names', async () => {
    mkdirSync(join(folder, 'sub'))
    writeFileSync(join(folder, 'sub/b.log'), 'b')
    writeFileSync(join(folder, 'x.tmp'), 'x')
    writeFileSync(join(folder, '.ignore'), '*.tmp\n')
    writeFileSync(path, 'a')
    const server = start('--engine', 'javascript', folder)
    expect(await (await read(server, 'list\n')).all).toBe('app.log\nsub/b.log\n')
    await (await read(server, 'stream sub/b.log from byte 0\n')).begins('b')
    expect(await (await read(server, 'stream x.tmp\n')).all).toBe('error: no such file\n')
    expect(await server.event('engine.chosen')).toMatchObject({ engine: 'javascript' })
  })

  it('drains and exits with 0 on SIGTERM', async () => {
    writeFileSync(path, Buffer.alloc(5_000_000, 'z'))
    const server = start(path)
    const reader = await read(server, '0\n')
    await reader.begins('z')
    server.kill('SIGTERM')
    expect((await reader.all).length).toBe(5_000_000)
    expect(await server.exit).toBe(0)
  })

  it('exits with 2 for a bad command line, and with 1 for what it cannot serve or listen on', async () => {
    writeFileSync(path, '')
    const both = start('--follow-name', '--linger-after-file-is-gone', path)
    expect([await both.exit, both.stderr]).toEqual([2, expect.stringContaining('exclude each other')])
    expect(await start('--prot', '1', path).exit).toBe(2)
    expect(await start(path, 'two').exit).toBe(2)
    const device = start('/dev/null')
    expect([await device.exit, device.stderr]).toEqual([1, expect.stringContaining('not a regular file')])
    const first = start(path)
    const { port } = await first.event('server.listening')
    const second = new Tailsrv('--bind-address', '127.0.0.1', '--port', String(port), path)
    expect([await second.exit, second.stderr]).toEqual([1, expect.stringContaining('cannot listen')])
  })
})
