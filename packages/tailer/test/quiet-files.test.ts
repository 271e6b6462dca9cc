import { renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import { nodeFileSystem, openCheckpoint, type Checkpoint, type FileSystem } from '../src/index.ts'
import { openBelow } from './open-below.ts'
import { following, linesOf, type Following } from './observed.ts'

/** Folder and paths of so many files of one line. */
async function manyFiles(count: number): Promise<{ dir: string; paths: readonly string[] }> {
  const dir = await tempDir({ onTestFinished })
  const paths = Array.from({ length: count }, (_, i) => join(dir, `${i}.log`))
  for (const path of paths) writeFileSync(path, `${path}\n`)
  return { dir, paths }
}

/** Counts how often a folder is listed, and hears of nothing. */
function countedFiles(): FileSystem & { listings: number } {
  const files = {
    ...nodeFileSystem,
    listings: 0,
    readdir: (path: string): Promise<string[]> => {
      files.listings++
      return nodeFileSystem.readdir(path)
    },
    watch: () => ({ close: () => {} }),
  }
  return files
}

/** As if the last change of a folder lay back so far that nothing can come in the same tick. */
function age(folder: string, seconds: number): void {
  utimesSync(folder, seconds, seconds)
}

const opened = (reader: Following): number =>
  reader.items.filter(item => item.kind === 'event' && item.event === 'opened').length

describe.runIf(process.platform === 'linux')('many files that are found at once', () => {
  it.each(['start', 'end'] as const)('need few descriptors while they are taken up from their %s', async from => {
    const { dir, paths } = await manyFiles(120)
    const reader = following(join(dir, '*.log'), { from })
    onTestFinished(() => reader.stop())
    let most = 0
    await reader.until(() => {
      if (reader.items.length % 4 === 0) most = Math.max(most, openBelow(dir))
      return opened(reader) === paths.length && (from === 'end' || linesOf(reader.items).length === paths.length)
    })
    expect(most).toBeLessThanOrEqual(64)
    for (const path of paths) writeFileSync(path, 'more\n', { flag: 'a' })
    await reader.until(() => linesOf(reader.items).filter(line => line === 'more').length === paths.length)
    if (from === 'start')
      expect(linesOf(reader.items).toSorted()).toEqual([...paths, ...paths.map(() => 'more')].toSorted())
  })
})

describe.runIf(process.platform === 'linux')('many files to which nothing was written for long', () => {
  it('are followed from their end, through writes, renames and a restart', async () => {
    const { dir, paths } = await manyFiles(400)
    for (const path of paths) age(path, 1e9)
    age(dir, 1e9 + 0.25)
    const checkpoint = await openCheckpoint(join(await tempDir({ onTestFinished }), 'checkpoint'))
    onTestFinished(() => checkpoint.close())
    const begin = (): Following => following(join(dir, '*.log'), { from: 'end', checkpoint })
    const reader = begin()
    onTestFinished(() => reader.stop())
    await reader.until(() => opened(reader) === paths.length)
    expect(checkpoint.entries()).toHaveLength(paths.length)
    const rotated = paths.filter((_, i) => i % 10 === 0)
    for (const path of paths) writeFileSync(path, `${path} late\n`, { flag: 'a' })
    for (const path of rotated) {
      renameSync(path, `${path}.1`)
      writeFileSync(path, `${path} new\n`)
    }
    const lines = [...paths.map(path => `${path} late`), ...rotated.map(path => `${path} new`)]
    await reader.until(() => linesOf(reader.items).length === lines.length)
    expect(linesOf(reader.items).toSorted()).toEqual(lines.toSorted())
    await acknowledgeAll(reader, checkpoint)
    await reader.stop()
    for (const path of paths) writeFileSync(path, 'after\n', { flag: 'a' })
    const second = begin()
    onTestFinished(() => second.stop())
    await second.until(() => linesOf(second.items).length === paths.length)
    expect(new Set(linesOf(second.items))).toEqual(new Set(['after']))
  })
})

describe('a folder of many files', () => {
  it('is not listed at every look, and what is new in it is found although nobody tells', async () => {
    const { dir } = await manyFiles(10)
    age(dir, 1e9 + 0.25)
    const fileSystem = countedFiles()
    const reader = following(join(dir, '*.log'), { from: 'start', fileSystem, pollMs: 5 })
    onTestFinished(() => reader.stop())
    await reader.until(() => opened(reader) === 10)
    const before = fileSystem.listings
    for (let i = 0; i < 10; i++) {
      writeFileSync(join(dir, '0.log'), `look ${i}\n`, { flag: 'a' })
      await reader.untilText(`look ${i}\n`)
    }
    expect(fileSystem.listings - before).toBeLessThanOrEqual(2)
    writeFileSync(join(dir, 'new.log'), 'new\n')
    await reader.untilText('new\n')
  })

  it('is listed a few times, not for each of them, by a restart that finds it changed', async () => {
    const { dir, paths } = await manyFiles(100)
    const checkpoint = await openCheckpoint(join(await tempDir({ onTestFinished }), 'checkpoint'))
    onTestFinished(() => checkpoint.close())
    const run = async (text: string): Promise<number> => {
      const fileSystem = countedFiles()
      const reader = following(join(dir, '*.log'), { fileSystem, checkpoint })
      await reader.until(() => opened(reader) === paths.length)
      for (const path of paths) writeFileSync(path, text, { flag: 'a' })
      await reader.until(() => linesOf(reader.items).length === paths.length)
      await acknowledgeAll(reader, checkpoint)
      await reader.stop()
      return fileSystem.listings
    }
    age(dir, 1e9 + 0.25)
    await run('first\n')
    // Somebody comes and goes.
    age(dir, 1e9 + 0.75)
    expect(await run('second\n')).toBeLessThan(20)
  })
})

async function acknowledgeAll(reader: Following, checkpoint: Checkpoint): Promise<void> {
  const lines = reader.items.filter(item => item.kind === 'lines')
  await Promise.all(lines.map(({ source, offset, bytes }) => checkpoint.acknowledge(source, offset + bytes.length)))
}
