import {
  mkdirSync,
  mkdtempSync,
  openSync,
  closeSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createChannel } from '@logflow/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { serveDirectory, type FileServer, type GrowingFileChangeLike, type OwnedGrowingFile } from '../src/index.ts'
import { TestReader } from './reader.ts'

describe('serveDirectory', () => {
  let root: string
  let server: FileServer
  let opened: string[]
  let closed: string[]
  const channels = new Map<string, { send(item: GrowingFileChangeLike): Promise<void> }>()
  const openFile = async (path: string): Promise<OwnedGrowingFile> => {
    opened.push(path)
    const fd = openSync(path, 'r')
    const changes = createChannel<GrowingFileChangeLike>({ capacity: 10, overflow: 'fail' })
    channels.set(path, changes)
    const close = async (): Promise<void> => {
      changes.close()
      closeSync(fd)
      closed.push(path)
    }
    return { path, fd, size: statSync(path).size, changes: () => changes, close }
  }
  const read = (header: string): TestReader => new TestReader(server.port, header)

  beforeEach(async () => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'serve-dir-')))
    ;[opened, closed] = [[], []]
    mkdirSync(join(root, 'served/sub/deep'), { recursive: true })
    mkdirSync(join(root, 'served/.secret'))
    writeFileSync(join(root, 'outside.log'), 'OUTSIDE')
    for (const name of ['b.log', 'a b.log', 'sub/c.log', 'sub/deep/d', '.hidden', '.secret/x', 'no.tmp', 'sub/é.log'])
      writeFileSync(join(root, 'served', name), `<${name}>`)
    symlinkSync('../outside.log', join(root, 'served/out.log'))
    symlinkSync('..', join(root, 'served/up'))
    symlinkSync('.hidden', join(root, 'served/seen.log'))
    symlinkSync('b.log', join(root, 'served/alias.log'))
    const loadIgnoreRule = async () => (path: string) => path.endsWith('.tmp') || path === 'sub/deep/'
    server = await serveDirectory(join(root, 'served'), { openFile, loadIgnoreRule, limits: { drainMs: 200 } })
  })
  afterEach(async () => {
    await server.close()
    rmSync(root, { recursive: true })
  })

  it('lists sizes and times of the same files when it is asked to', async () => {
    const changed = new Date('2026-11-21T10:00:00.250Z')
    utimesSync(join(root, 'served/a b.log'), changed, changed)
    const [first = '', ...rest] = (await read('list long\n').all()).trimEnd().split('\n')
    expect(first).toBe('9 2026-11-21T10:00:00.250Z a b.log')
    const paths = rest.map(line => line.split(' ').slice(2).join(' '))
    expect(['a b.log', ...paths].join('\n')).toBe(
      Buffer.from(await read('list\n').all(), 'latin1')
        .toString('latin1')
        .trimEnd(),
    )
  })

  it('lists regular files that are neither hidden nor ignored, one path per line', async () => {
    expect(Buffer.from(await read('list\n').all(), 'latin1').toString()).toBe('a b.log\nb.log\nsub/c.log\nsub/é.log\n')
  })

  it('streams from the end, or from a byte, then what is appended', async () => {
    const [whole, last, end] = [
      read('stream b.log from byte 0\n'),
      read('stream b.log from byte -2\n'),
      read('stream b.log\n'),
    ]
    await Promise.all([whole.has('<b.log>'), last.has('g>')])
    await vi.waitFor(() => expect(server.stats().atEnd).toBe(3))
    const path = join(root, 'served/b.log')
    writeFileSync(path, '<b.log>more')
    await channels.get(path)?.send({ kind: 'grew', size: 11 })
    await Promise.all([whole.has('<b.log>more'), last.has('g>more'), end.has('more')])
    expect(opened).toEqual([path]) // one watch however many read
    for (const reader of [whole, last, end]) reader.socket.resetAndDestroy()
    await vi.waitFor(() => expect(closed).toEqual([path]))
  })

  it('serves names with blanks and other letters, and links that stay inside', async () => {
    await read('stream a b.log from byte 0\n').has('<a b.log>')
    await read('stream sub/é.log from byte 1\n').has(Buffer.from('sub/é.log>').toString('latin1'))
    await read('stream alias.log from byte 0\n').has('<b.log>')
  })

  it('refuses every way out of the directory, and opens nothing for it', async () => {
    spawnSync('mkfifo', [join(root, 'served/fifo')])
    const ways = [
      '../outside.log',
      'sub/../../outside.log',
      '/etc/passwd',
      'up/outside.log',
      'out.log',
      'b.log\0.txt',
      '..',
      '.',
    ]
    const inner = [
      '.hidden',
      '.secret/x',
      'seen.log',
      'no.tmp',
      'sub/deep/d',
      'sub',
      'fifo',
      'sub//c.log',
      './b.log',
      'nothing',
    ]
    for (const path of [...ways, ...inner]) {
      const answer = await read(`stream ${path} from byte 0\n`).all()
      expect([path, answer.split('\n').length, answer.slice(0, 7)]).toEqual([path, 2, 'error: '])
    }
    expect(opened).toEqual([])
    expect(server.stats().refusedPath + server.stats().refusedHeader).toBe(ways.length + inner.length)
  })

  it('says why a number, or nonsense, cannot be answered', async () => {
    expect(await read('0\n').all()).toMatch(/^error: this is a directory/)
    expect(await read('get b.log\n').all()).toMatch(/^error: .+\n$/)
    expect(await read('1 2\n').all()).toBe('')
  })

  it('closes the readers of a file that is moved or deleted, and only those', async () => {
    const [moved, other] = [read('stream b.log from byte 0\n'), read('stream sub/c.log from byte 0\n')]
    await Promise.all([moved.has('<b.log>'), other.has('<sub/c.log>')])
    await channels.get(join(root, 'served/b.log'))?.send({ kind: 'gone', size: 7 })
    expect(await moved.all()).toBe('<b.log>')
    await vi.waitFor(() => expect(server.stats().clients).toBe(1))
    expect(other.closed).toBe(false)
  })

  it('has nothing to serve where there is no directory', async () => {
    await expect(serveDirectory(join(root, 'nowhere'), { openFile })).rejects.toMatchObject({ code: 'LF_SERVE_PATH' })
  })
})
