import { appendFile, copyFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Delivery, Gap } from '@logflow/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect, tempDir } from '../../testkit/src/index.ts'
import { follow, nodeFileSystem, openCheckpoint, type FileSystem, type FollowOptions } from '../src/index.ts'
import { following, linesOf, text, words } from './observed.ts'

/** One run of a program: follows until everything there is was delivered, and acknowledges all of it. */
async function run(paths: string, checkpointPath: string, options: FollowOptions = {}): Promise<Delivery[]> {
  await using checkpoint = await openCheckpoint(checkpointPath)
  const items = await collect(follow(paths, { host: 'h', once: true, from: 'start', ...options, checkpoint }))
  for (const item of items) {
    if (item.kind === 'lines') await checkpoint.acknowledge(item.source, item.offset + item.bytes.length)
  }
  return items
}

async function files(): Promise<{ path: string; checkpoint: string }> {
  const dir = await tempDir({ onTestFinished })
  return { path: join(dir, 'app.log'), checkpoint: join(dir, 'checkpoint') }
}

describe('follow with a checkpoint', () => {
  it('goes on where it was acknowledged, under the same source', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'one\n')
    const first = await run(path, checkpoint)
    await appendFile(path, 'two\n')
    const second = await run(path, checkpoint)
    expect(linesOf([...first, ...second])).toEqual(['one', 'two'])
    expect(second[0]?.source).toEqual(first[0]?.source)
  })

  it('delivers again what was not acknowledged', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'one\ntwo\n')
    await using store = await openCheckpoint(checkpoint)
    const first = await collect(follow(path, { once: true, from: 'start', batchBytes: 4, checkpoint: store }))
    await store.acknowledge((first[0] as Delivery).source, 4)
    const again = await collect(
      follow(path, { host: (first[0] as Delivery).source.host, once: true, checkpoint: store }),
    )
    expect(linesOf(again)).toEqual(['two'])
  })

  it('reads the rest of a file that was rotated away meanwhile, then those between, then the new one', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'one\n')
    await run(path, checkpoint)
    await appendFile(path, 'two\n')
    await rename(path, `${path}.1`)
    await writeFile(path, 'three\n')
    await rename(`${path}.1`, `${path}.2`)
    await rename(path, `${path}.1`)
    await writeFile(path, 'four\n')
    const items = await run(path, checkpoint)
    expect(linesOf(items)).toEqual(['two', 'three', 'four'])
    expect(words(items).filter(word => !word.includes('@'))).toEqual([
      'A opened',
      'A rotated',
      'B opened',
      'B rotated',
      'C opened',
    ])
    expect(linesOf(await run(path, checkpoint))).toEqual([])
  })

  it('waits for names that move, among which what was left may be', async () => {
    const { path, checkpoint } = await files()
    await writeFile(`${path}.2`, 'zero\n')
    await writeFile(path, 'one\n')
    await run(path, checkpoint)
    await appendFile(path, 'two\n')
    await rename(path, `${path}.1`)
    await writeFile(path, 'three\n')
    let swaps = 100
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      open: async opened => {
        if (opened !== path && swaps-- > 0) {
          await rename(`${path}.1`, `${path}.swap`)
          await rename(`${path}.2`, `${path}.1`)
          await rename(`${path}.swap`, `${path}.2`)
        }
        return nodeFileSystem.open(opened)
      },
    }
    const items = await run(path, checkpoint, { fileSystem })
    expect(linesOf(items)).toEqual(['two', 'three'])
    expect(swaps).toBeLessThan(0)
  }, 60_000)

  it('reads what copytruncate copied away meanwhile, then the file from its start', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'one\n')
    await run(path, checkpoint)
    await appendFile(path, 'two\n')
    await copyFile(path, `${path}.1`)
    await truncate(path)
    await appendFile(path, 'three\nand more than there was\n')
    const items = await run(path, checkpoint)
    expect(linesOf(items)).toEqual(['two', 'three', 'and more than there was'])
    expect(new Set(items.map(item => item.source.id)).size).toBe(2)
  })

  it('says so when the rest of a file is not to be found', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'one\n')
    await run(path, checkpoint)
    await rm(path)
    await writeFile(`${path}.1`, 'one\nbut another\n')
    await writeFile(path, 'two\n')
    await rm(`${path}.1`)
    const items = await run(path, checkpoint)
    expect(words(items)).toEqual(['A failed', 'A rotated', 'B opened', 'B @0 two'])
    expect(items[0]).toMatchObject({ detail: { offset: 4 } })
  })

  it('reads the rest of a file whose name is gone', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'one\n')
    await run(path, checkpoint)
    await appendFile(path, 'two\n')
    await rename(path, `${path}.1`)
    expect(linesOf(await run(path, checkpoint))).toEqual(['two'])
  })

  it('reads late lines of a file that was rotated away and read to its end before it stopped', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'one\n')
    const log = [await run(path, checkpoint)]
    await rename(path, `${path}.1`)
    await writeFile(path, 'three\n')
    log.push(await run(path, checkpoint))
    await appendFile(`${path}.1`, 'two\n')
    log.push(await run(path, checkpoint))
    expect(log.map(linesOf)).toEqual([['one'], ['three'], ['two']])
    expect(log[2]?.[0]?.source).toEqual(log[0]?.[0]?.source)
    expect(linesOf(await run(path, checkpoint))).toEqual([])
  })

  it('reads the rest of a rotated file of which less was acknowledged than of the one after it', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'one\ntwo\n')
    await using store = await openCheckpoint(checkpoint)
    const log = following(path, { from: 'start', batchBytes: 4, checkpoint: store })
    await log.untilText('two')
    await rename(path, `${path}.1`)
    await writeFile(path, 'three\n')
    await log.untilText('three')
    await log.stop()
    for (const item of log.items) {
      if (['one\n', 'three\n'].includes(text(item))) await store.acknowledge(item.source, text(item).length)
    }
    expect(linesOf(await collect(follow(path, { host: 'h', once: true, checkpoint: store })))).toEqual(['two'])
  })

  it('reads a generation that came and went meanwhile and begins with all that had been read before', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, '# header\n')
    await run(path, checkpoint)
    await appendFile(path, 'one\n')
    await rename(path, `${path}.2`)
    await writeFile(`${path}.1`, '# header\ntwo\n')
    await writeFile(path, '# header\nthree\n')
    const lines = linesOf(await run(path, checkpoint))
    expect(lines).toEqual(['one', '# header', 'two', '# header', 'three'])
  })

  it('looks no more for late lines of what lingers no more', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'one\n')
    await run(path, checkpoint)
    await rename(path, `${path}.1`)
    await writeFile(path, 'two\n')
    await run(path, checkpoint)
    expect(words(await run(path, checkpoint, { lingerMs: 0 }))).toEqual(['A opened'])
    await appendFile(`${path}.1`, 'too late\n')
    expect(linesOf(await run(path, checkpoint))).toEqual([])
  })

  it('does not skip what was written while it was away, although it had begun at the end', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'not wanted\n')
    expect(linesOf(await run(path, checkpoint, { from: 'end' }))).toEqual([])
    await appendFile(path, 'wanted\n')
    expect(linesOf(await run(path, checkpoint, { from: 'end' }))).toEqual(['wanted'])
  })

  it('takes a file that was rewritten in place for a new one', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, 'one\ntwo\n')
    await run(path, checkpoint)
    await writeFile(path, 'ONE\nTWO\nthree\n')
    expect(linesOf(await run(path, checkpoint))).toEqual(['ONE', 'TWO', 'three'])
  })
})

describe('follow after a truncation that lost bytes', () => {
  it('does not take an acknowledged gap for a place to go on at', async () => {
    const { path, checkpoint } = await files()
    await writeFile(path, '')
    await using store = await openCheckpoint(checkpoint)
    const log = following(path, { from: 'start', batchBytes: 4, checkpoint: store })
    await log.until(items => items.length === 1)
    await appendFile(path, 'one\ntwo\nthree\n')
    await log.untilText('one')
    await truncate(path)
    await log.until(items => items.some(item => item.kind === 'gap'))
    await log.stop()
    const gap = log.items.find(item => item.kind === 'gap')
    await store.acknowledge((gap as Gap).source, (gap as Gap).to)
    await appendFile(path, 'a new generation that is longer\n')
    const again = await collect(follow(path, { host: 'h', once: true, checkpoint: store }))
    expect(words(again)).toEqual(['A opened', 'A @0 a new generation that is longer'])
  })
})
