import { appendFile, copyFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Delivery } from '@logflow/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect, tempDir } from '../../testkit/src/index.ts'
import { follow, openCheckpoint, type FollowOptions } from '../src/index.ts'
import { linesOf, words } from './observed.ts'
import { describeHistories } from './histories.ts'

/** One run after the other over everything in a folder; each reads what there is, and acknowledges it. */
async function runs(): Promise<{ path: string; run: (options?: FollowOptions) => Promise<Delivery[]> }> {
  const dir = await tempDir({ onTestFinished })
  const other = await tempDir({ onTestFinished })
  const run = async (options: FollowOptions = {}): Promise<Delivery[]> => {
    await using checkpoint = await openCheckpoint(join(other, 'checkpoint'))
    const items = await collect(
      follow(join(dir, '*'), { host: 'h', once: true, from: 'start', ...options, checkpoint }),
    )
    for (const item of items) {
      if (item.kind === 'lines') await checkpoint.acknowledge(item.source, item.offset + item.bytes.length)
    }
    return items
  }
  return { path: join(dir, 'app.log'), run }
}

describe('a restart with a pattern that matches rotated names, too', () => {
  it('reads no file again that was renamed meanwhile, and goes on in it under its source', async () => {
    const { path, run } = await runs()
    await writeFile(`${path}.1`, 'one\n')
    await writeFile(path, 'two\n')
    const first = await run()
    expect(linesOf(first).sort()).toEqual(['one', 'two'])
    await rename(`${path}.1`, `${path}.2`)
    await rename(path, `${path}.1`)
    await appendFile(`${path}.1`, 'three\n')
    await writeFile(path, 'four\n')
    const second = await run()
    expect(linesOf(second)).toEqual(['three', 'four'])
    expect(words(second).filter(word => word.includes('failed'))).toEqual([])
    const [two, three] = [first, second].map(items =>
      items.find(item => item.kind === 'lines' && /two|three/.test(linesOf([item]).join())),
    )
    expect(three?.source.id).toBe(two?.source.id)
    await appendFile(`${path}.2`, 'late\n')
    expect(linesOf(await run())).toEqual(['late'])
    expect(linesOf(await run())).toEqual([])
  })

  it('reads no file again whose rotated name comes before its own', async () => {
    const { path, run } = await runs()
    await writeFile(path, 'one\n')
    await run()
    await rename(path, path.replace('.log', '-20261121.log'))
    await writeFile(path, 'two\n')
    const items = await run()
    expect(linesOf(items)).toEqual(['two'])
    expect(words(items).filter(word => word.includes('failed'))).toEqual([])
  })

  it('reads what begins like what was read, and goes on otherwise', async () => {
    const { path, run } = await runs()
    await writeFile(path, '# header\n')
    expect(linesOf(await run())).toEqual(['# header'])
    await appendFile(path, 'one\n')
    await writeFile(path.replace('.log', '-2.log'), '# header\ntwo\n')
    expect(linesOf(await run()).sort()).toEqual(['# header', 'one', 'two'])
  })

  it('reads no copy of what was read, also when what it was made of is gone', async () => {
    const { path, run } = await runs()
    await writeFile(path, 'one\n')
    await run()
    await copyFile(path, `${path}.1`)
    await truncate(path)
    await appendFile(path, 'two\n')
    expect(linesOf(await run())).toEqual(['two'])
    await rename(`${path}.1`, `${path}.2`)
    expect(linesOf(await run())).toEqual([])
    await copyFile(path, `${path}.1`)
    await rm(path)
    expect(linesOf(await run())).toEqual([])
  })
})

describeHistories('one reader after the other', [
  {
    says: 'goes on where it was when a name comes back that it had let go',
    profile: { pattern: 'glob', tickMs: 4, batchBytes: 64 },
    steps: 'write 1, rest, ack, move .0 .1, write 1, rest, create',
  },
  {
    says: 'leaves what a search finds to the path that has it',
    profile: { pattern: 'glob', batchBytes: 16, idleMs: 1 },
    steps: 'write 1, rest, ack, crash, move .0 .1, run 2, write 1, reopen, write 1, rest, ack, crash',
  },
  {
    says: 'knows what it read of a copy as of a file of its own',
    profile: { pattern: 'glob', tickMs: 4, batchBytes: 64 },
    steps: 'write 1, rest, copy-begin .1, ack, write 1, truncate, crash, remove, rest, ack, crash, write 1',
  },
  {
    says: 'takes a copy that is being made for one, although its path had another file',
    profile: { pattern: 'glob', batchBytes: 64 },
    steps: 'write 1, rest, ack, move .0 .1, write 1, ack, crash, rest, write 2, ack, crash, copy-begin .1, copy-more',
  },
  {
    says: 'knows a copy that it had to wait with, as the name of what it copies came and went',
    profile: { pattern: 'glob', hears: 'nothing', batchBytes: 16 },
    steps: 'write 1, rest, ack, copy-begin .1, copy-end, ack, crash, remove, run 1, reopen, run 10, move .0 .1',
  },
  {
    says: 'knows what comes under a name that it has begun with another file',
    profile: { pattern: 'glob', tickMs: 4, batchBytes: 64 },
    steps:
      'write 1, rest, ack, move .2 .3, move .0 .1, rest, write 1, rest, ack, crash, run 9, move .1 .2, look 22, move .2 .3',
  },
])
