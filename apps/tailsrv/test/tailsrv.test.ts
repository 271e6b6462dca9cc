import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Reader, Stage, Tailsrv } from './running.ts'

describe('tailsrv', () => {
  const stage = Stage.perTest()
  const read = async (server: Tailsrv, header: string): Promise<Reader> => new Reader(await server.port(), header)

  it('lets clients in before the file is there, and exits with 0 when it is gone', async () => {
    const server = stage.start(stage.path)
    const whole = await read(server, '0\n')
    writeFileSync(stage.path, 'first\n')
    await whole.begins('first\n')
    const end = await read(server, '-3\n')
    await end.begins('st\n')
    appendFileSync(stage.path, 'second\n')
    await end.begins('st\nsecond\n')
    rmSync(stage.path)
    expect(await server.exit).toBe(0)
    expect([await whole.all, await end.all]).toEqual(['first\nsecond\n', 'st\nsecond\n'])
    expect(server.events.at(-1)).toMatchObject({ event: 'server.stopped', acceptedTotal: 2 })
    expect(server.events.at(-1)).not.toHaveProperty('refusedHeader')
    expect(await server.event('file.awaited')).toMatchObject({ path: stage.path })
  })

  it('follows the name across a rotation', async () => {
    writeFileSync(stage.path, 'old\n')
    const server = stage.start('--follow-name', stage.path)
    const reader = await read(server, '0\n')
    await reader.begins('old\n')
    renameSync(stage.path, `${stage.path}.1`)
    appendFileSync(`${stage.path}.1`, 'late\n')
    writeFileSync(stage.path, 'new\n')
    await reader.begins('old\nlate\nnew\n')
  })

  it('serves a directory without what .ignore names', async () => {
    mkdirSync(join(stage.folder, 'sub'))
    writeFileSync(join(stage.folder, 'sub/b.log'), 'b')
    writeFileSync(join(stage.folder, 'x.tmp'), 'x')
    writeFileSync(join(stage.folder, '.ignore'), '*.tmp\n')
    writeFileSync(stage.path, 'a')
    const server = stage.start('--engine', 'javascript', stage.folder)
    expect(await (await read(server, 'list\n')).all).toBe('app.log\nsub/b.log\n')
    await (await read(server, 'stream sub/b.log from byte 0\n')).begins('b')
    expect(await (await read(server, 'stream x.tmp\n')).all).toBe('error: no such file\n')
    expect(await server.event('engine.chosen')).toMatchObject({ engine: 'javascript' })
  })

  it('drains and exits with 0 on SIGTERM', async () => {
    writeFileSync(stage.path, Buffer.alloc(5_000_000, 'z'))
    const server = stage.start(stage.path)
    const reader = await read(server, '0\n')
    await reader.begins('z')
    server.kill('SIGTERM')
    expect((await reader.all).length).toBe(5_000_000)
    expect(await server.exit).toBe(0)
  })

  it('exits with 2 for a bad command line, and with 1 for what it cannot serve or listen on', async () => {
    writeFileSync(stage.path, '')
    const both = stage.start('--follow-name', '--linger-after-file-is-gone', stage.path)
    expect([await both.exit, both.stderr]).toEqual([2, expect.stringContaining('exclude each other')])
    expect(await stage.start('--prot', '1', stage.path).exit).toBe(2)
    expect(await stage.start(stage.path, 'two').exit).toBe(2)
    const device = stage.start('/dev/null')
    expect([await device.exit, device.stderr]).toEqual([1, expect.stringContaining('not a regular file')])
    const first = stage.start(stage.path)
    const { port } = await first.event('server.listening')
    const second = new Tailsrv('--bind-address', '127.0.0.1', '--port', String(port), stage.path)
    expect([await second.exit, second.stderr]).toEqual([1, expect.stringContaining('cannot listen')])
  })
})
