import { appendFile, copyFile, open, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { rotatingWriter, tempDir, type RotationKind } from '../../testkit/src/index.ts'
import type { FollowOptions } from '../src/index.ts'
import { following, linesOf, words, type Following } from './observed.ts'

const cleanup = { onTestFinished }

/** A log with one line in it that is followed from its start and was read to its end. */
async function followed(options: FollowOptions = {}): Promise<{ path: string; log: Following }> {
  const path = join(await tempDir(cleanup), 'app.log')
  await writeFile(path, 'one\n')
  const log = following(path, { from: 'start', ...options })
  onTestFinished(() => log.stop())
  await log.untilText('one')
  return { path, log }
}

describe('follow through a rename', () => {
  it('reads the old file to its end before the new one begins', async () => {
    const { path, log } = await followed()
    await appendFile(path, 'two\n')
    await rename(path, `${path}.1`)
    await appendFile(`${path}.1`, 'three\n')
    await writeFile(path, 'four\n')
    await log.untilText('four')
    expect(words(log.items).filter(word => !word.includes('@'))).toEqual(['A opened', 'A rotated', 'B opened'])
    expect(linesOf(log.items)).toEqual(['one', 'two', 'three', 'four'])
  })

  it('gives out a last line that never got its newline', async () => {
    const { path, log } = await followed()
    await appendFile(path, 'two')
    await rename(path, `${path}.1`)
    await writeFile(path, 'three\n')
    await log.untilText('three')
    expect(words(log.items)).toEqual(['A opened', 'A @0 one', 'A @4 two', 'A rotated', 'B opened', 'B @0 three'])
  })

  it('stays with the old file while the new one is empty, and delivers late lines of its writer after that', async () => {
    const { path, log } = await followed({ lingerMs: 5000 })
    await rename(path, `${path}.1`)
    await writeFile(path, '')
    await appendFile(`${path}.1`, 'two\n')
    await log.untilText('two')
    await appendFile(path, 'three\n')
    await log.untilText('three')
    await appendFile(`${path}.1`, 'late\n')
    await log.untilText('late')
    expect(words(log.items)).toEqual([
      'A opened',
      'A @0 one',
      'A @4 two',
      'A rotated',
      'B opened',
      'B @0 three',
      'A @8 late',
    ])
  })

  it('tells the end of an old file once it has been quiet', async () => {
    const { path, log } = await followed()
    await rename(path, `${path}.1`)
    await writeFile(path, 'two\n')
    await log.until(items => words(items).includes('A ended'))
    expect(words(log.items)).toContain('B @0 two')
  })

  it('finds generations that came and went between two looks, in their order', async () => {
    const { path, log } = await followed({ watch: false, pollMs: 30 })
    for (const name of ['two', 'three', 'four']) {
      const older = ['two', 'three', 'four'].indexOf(name)
      for (let i = older; i >= 1; i--) await rename(`${path}.${i}`, `${path}.${i + 1}`)
      await rename(path, `${path}.1`)
      await writeFile(path, `${name}\n`)
    }
    await log.untilText('four')
    expect(linesOf(log.items)).toEqual(['one', 'two', 'three', 'four'])
  })

  it('goes on where it was when the file is moved away and back', async () => {
    const { path, log } = await followed()
    await rename(path, `${path}.away`)
    await log.until(items => words(items).includes('A ended'))
    await appendFile(`${path}.away`, 'two\n')
    await rename(`${path}.away`, path)
    await log.untilText('two')
    expect(words(log.items)).toEqual(['A opened', 'A @0 one', 'A ended', 'A opened', 'A @4 two'])
  })

  it('loses and repeats nothing while a writer rotates as fast as it can', async () => {
    expect(await underLoad('rename')).toEqual({ missing: 0, repeated: 0 })
  })
})

/** What is wrong with the lines that come through while a writer rotates twenty times without waiting for anybody. */
async function underLoad(kind: RotationKind): Promise<{ missing: number; repeated: number }> {
  const path = join(await tempDir(cleanup), 'app.log')
  await using writer = await rotatingWriter(path)
  await writer.write(1)
  const log = following(path, { from: 'start', pollMs: 10 })
  onTestFinished(() => log.stop())
  await log.untilText('0 ')
  const writing = (async () => {
    for (let i = 0; i < 60; i++) {
      await writer.write(1 + ((i * 37) % 200))
      if (i % 3 === 2) await writer.rotate(kind)
    }
    await writer.write(1)
  })()
  const seen = new Set<string>()
  let lines = 0
  await log.until(items => {
    const found = linesOf(items.slice(-1))
    for (const line of found) seen.add(line)
    lines += found.length
    return seen.size >= 6151
  })
  await writing
  return { missing: writer.lines.filter(line => !seen.has(line)).length - 1, repeated: lines - seen.size }
}

describe('follow through truncation', () => {
  it('reads what copytruncate copied away, then the file from its start', async () => {
    const { path, log } = await followed()
    await appendFile(path, 'two\n')
    await copyFile(path, `${path}.1`)
    await truncate(path)
    await appendFile(path, 'three\n')
    await log.untilText('three')
    expect(linesOf(log.items)).toEqual(['one', 'two', 'three'])
    expect(words(log.items)).toContain('A truncated')
    expect(words(log.items).join()).not.toContain('gap')
  })

  it('loses and repeats nothing while copytruncate runs as fast as it can', async () => {
    expect(await underLoad('copytruncate')).toEqual({ missing: 0, repeated: 0 })
  })

  it('tells exactly which bytes were lost when there is no copy', async () => {
    const { path, log } = await followed({ batchBytes: 4 })
    await appendFile(path, 'two\nthree\nfour\n')
    await log.untilText('two')
    await truncate(path)
    await appendFile(path, 'five\n')
    await log.untilText('five')
    expect(words(log.items)).toContain('A gap 8-19 truncated')
  })

  it('notices a truncation although the file has grown past the old offset', async () => {
    const { path, log } = await followed({ watch: false })
    await writeFile(path, `${'x'.repeat(100)}\ntwo\n`)
    await log.untilText('two')
    expect(linesOf(log.items)).toEqual(['one', 'x'.repeat(100), 'two'])
    expect(words(log.items)).toContain('A truncated')
  })

  it('leaves out the hole that a writer without O_APPEND makes, and counts it', async () => {
    const { path, log } = await followed()
    await truncate(path)
    const writer = await open(path, 'r+')
    await writer.write('two\n', 4000)
    await writer.close()
    await log.untilText('two')
    expect(words(log.items).slice(-2)).toEqual(['B gap 0-4000 missed', 'B @4000 two'])
  })
})

describe('follow through deletion', () => {
  it('reads a deleted file to its end, and the one that takes its name from its start', async () => {
    const { path, log } = await followed()
    await appendFile(path, 'two\n')
    await rm(path)
    await writeFile(path, 'three\n')
    await log.untilText('three')
    expect(linesOf(log.items)).toEqual(['one', 'two', 'three'])
  })

  it('lets a deleted file go once it is quiet, so that the disk gets its space back', async () => {
    const { path, log } = await followed()
    await rm(path)
    await log.until(items => words(items).includes('A ended'))
    await writeFile(path, 'two\n')
    await log.untilText('two')
    expect(words(log.items).slice(-2)).toEqual(['B opened', 'B @0 two'])
  })
})

describe('follow with wildcards and links', () => {
  it('reads no byte twice when the pattern matches the rotated names and the copies too', async () => {
    const dir = await tempDir(cleanup)
    await using writer = await rotatingWriter(join(dir, 'app.log'))
    await writer.write(3)
    const log = following(join(dir, 'app.log*'), { from: 'start' })
    onTestFinished(() => log.stop())
    for (const kind of ['rename', 'copytruncate', 'rename', 'copytruncate'] as const) {
      await log.untilText(writer.lines.at(-1) as string)
      await writer.rotate(kind)
      await writer.write(3)
    }
    await log.untilText(writer.lines.at(-1) as string)
    // A few more looks at the folder: a copy would be found by now.
    await appendFile(join(dir, 'app.log-other'), 'end\n')
    await log.untilText('end')
    expect(linesOf(log.items)).toEqual([...writer.lines, 'end'])
  })

  it('takes up files that appear later, from their start, and reads many in turn', async () => {
    const dir = await tempDir(cleanup)
    await writeFile(join(dir, 'old.log'), 'not wanted\n')
    const log = following(join(dir, '*.log'))
    onTestFinished(() => log.stop())
    await log.until(items => items.length === 1)
    const names = Array.from({ length: 100 }, (_, i) => `${i}.log`)
    const first = log.until(items => linesOf(items).length === 100)
    for (const name of names) await writeFile(join(dir, name), `${name}\n`)
    await first
    expect(linesOf(log.items).sort()).toEqual(names.sort())
  })

  it('follows a link to its next target', async () => {
    const dir = await tempDir(cleanup)
    const path = join(dir, 'current')
    await writeFile(join(dir, 'a'), 'one\n')
    await symlink('a', path)
    const log = following(path, { from: 'start' })
    onTestFinished(() => log.stop())
    await log.untilText('one')
    await appendFile(join(dir, 'a'), 'two\n')
    await log.untilText('two')
    await writeFile(join(dir, 'b'), 'three\n')
    await symlink('b', join(dir, 'next'))
    await rename(join(dir, 'next'), path)
    await log.untilText('three')
    expect(words(log.items)).toEqual(['A opened', 'A @0 one', 'A @4 two', 'A rotated', 'B opened', 'B @0 three'])
  })
})
