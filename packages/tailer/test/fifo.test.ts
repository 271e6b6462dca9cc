import { execFileSync } from 'node:child_process'
import { open, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Delivery } from '@logflow/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect, tempDir } from '../../testkit/src/index.ts'
import { follow, openCheckpoint, resumeTokenAfter, type FollowOptions } from '../src/index.ts'
import { following, linesOf, text, words, type Following } from './observed.ts'

async function folderWith(make: 'fifo' | 'nothing'): Promise<string> {
  const path = join(await tempDir({ onTestFinished }), 'app.fifo')
  if (make === 'fifo') execFileSync('mkfifo', [path])
  return path
}

async function opened(path: string, options: FollowOptions = {}): Promise<Following> {
  const log = following(path, options)
  onTestFinished(() => log.stop())
  await log.until(items => words(items).includes('A opened'))
  return log
}

const isOpened = (item: Delivery): boolean => item.kind === 'event' && item.event === 'opened'

/** A writer that comes, writes and leaves. */
async function write(path: string, content: string): Promise<void> {
  const writer = await open(path, 'w')
  await writer.write(content)
  await writer.close()
}

describe('a fifo that is followed', () => {
  it('is opened without a writer, and survives writers that come and go', async () => {
    const path = await folderWith('fifo')
    const log = await opened(path)
    await write(path, 'one\n')
    await log.until(items => words(items).includes('A ended'))
    await write(path, 'two\nopen')
    await log.until(items => words(items).filter(word => word === 'A ended').length === 2)
    await write(path, 'three\n')
    await log.untilText('three')
    expect(words(log.items).slice(0, 8)).toEqual([
      ...['A opened', 'A @0 one', 'A ended', 'A opened', 'A @4 two', 'A @8 open', 'A ended', 'A opened'],
    ])
    expect(log.items.find(item => text(item) === 'three\n')).toMatchObject({ offset: 12 })
  })

  it('loses nothing of writers that follow one another at once, and of two at a time', async () => {
    const path = await folderWith('fifo')
    const log = await opened(path)
    const numbers = Array.from({ length: 300 }, (_, i) => `line ${i}`)
    const half = async (rest: number): Promise<void> => {
      for (const line of numbers.filter((_, i) => i % 2 === rest)) await write(path, `${line}\n`)
    }
    const written = Promise.all([half(0), half(1)])
    await log.until(items => linesOf(items).length === numbers.length)
    await written
    expect(linesOf(log.items).sort()).toEqual([...numbers].sort())
  })

  it('makes a writer wait while nobody asks for more', async () => {
    const path = await folderWith('fifo')
    const log = await opened(path)
    const line = `${'x'.repeat(999)}\n`
    const writing = write(path, line.repeat(2000))
    await log.until(items => linesOf(items).length === 2000)
    await writing
    expect(log.items.map(text).join('')).toBe(line.repeat(2000))
  })

  it('is taken up when it appears, and another one in its place after it', async () => {
    const path = await folderWith('nothing')
    const log = following(path, { from: 'start' })
    onTestFinished(() => log.stop())
    await log.until(items => items.length === 1)
    expect(log.items[0]).toMatchObject({ event: 'failed', detail: { system: 'ENOENT' } })
    execFileSync('mkfifo', [path])
    await log.until(items => words(items).some(word => word.endsWith('opened')))
    await write(path, 'one\n')
    await log.untilText('one')
    execFileSync('mkfifo', [`${path}.new`])
    await rename(`${path}.new`, path)
    await log.until(items => new Set(items.filter(isOpened).map(({ source }) => source.id)).size === 2)
    await write(path, 'two\n')
    await log.untilText('two')
    await unlink(path)
    await writeFile(path, 'a file\n')
    await log.untilText('a file')
  })

  it('leaves nothing in a checkpoint, and gives no token: nobody can go back in it', async () => {
    const path = await folderWith('fifo')
    await using checkpoint = await openCheckpoint(`${path}.checkpoint`)
    const log = await opened(path, { checkpoint })
    await write(path, 'one\n')
    await log.untilText('one')
    const batch = log.items.find(item => item.kind === 'lines')
    if (!batch) throw new Error('there is a batch')
    await checkpoint.acknowledge(batch.source, 4)
    expect(checkpoint.entries()).toEqual([])
    expect(resumeTokenAfter(batch)).toBeUndefined()
  })

  it('is read as far as it is written with once', async () => {
    const path = await folderWith('fifo')
    const keeper = await open(path, 'r+')
    onTestFinished(() => keeper.close())
    await keeper.write('one\ntwo')
    expect(words(await collect(follow(path, { once: true })))).toEqual(['A opened', 'A @0 one', 'A @4 two', 'A ended'])
  })

  it('is asked for permission, and left alone by a pattern and where streams are not wanted', async () => {
    const path = await folderWith('fifo')
    const denied = following(path, { admit: () => Promise.reject(new Error('not yours')) })
    onTestFinished(() => denied.stop())
    await denied.until(items => items.length === 1)
    expect(denied.items[0]).toMatchObject({ event: 'failed', detail: { message: 'not yours' } })
    expect(words(await collect(follow(path, { streams: false, once: true })))).toEqual(['A failed'])
    expect(await collect(follow(path.replace('app', '*'), { once: true }))).toEqual([])
  })
})
