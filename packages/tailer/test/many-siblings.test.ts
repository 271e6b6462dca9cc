import { appendFileSync, copyFileSync, renameSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import { nodeFileSystem, type FileSystem, type ReadHandle } from '../src/index.ts'
import { following, linesOf } from './observed.ts'

/** The files of this machine, and how often which names were asked for. */
function counted(): { fileSystem: FileSystem; stats: string[]; opens: string[] } {
  const [stats, opens]: [string[], string[]] = [[], []]
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    stat: path => {
      stats.push(path)
      return nodeFileSystem.stat(path)
    },
    open: path => {
      opens.push(basename(path))
      return nodeFileSystem.open(path)
    },
  }
  return { fileSystem, stats, opens }
}

/** The files of this machine, and how often something was read of any. */
function countedReads(): { fileSystem: FileSystem; reads: () => number } {
  let reads = 0
  const open = async (path: string): Promise<ReadHandle> => {
    const handle = await nodeFileSystem.open(path)
    return {
      stat: options => handle.stat(options),
      read: (...args) => (reads++, handle.read(...args)),
      close: () => handle.close(),
    }
  }
  return { fileSystem: { ...nodeFileSystem, open }, reads: () => reads }
}

/** As logrotate does: `.9` becomes `.10`, and so on, at last `.1` what had the name. */
function rotate(path: string, count: number): void {
  for (let at = count; at > 0; at--) renameSync(`${path}.${at}`, `${path}.${at + 1}`)
  renameSync(path, `${path}.1`)
}

it('finds what was rotated away twice between two looks among thousands of names, which it asks for in one go', async () => {
  const path = join(await tempDir({ onTestFinished }), 'app.log')
  for (let at = 1; at <= 1000; at++) writeFileSync(`${path}.${at}`, `old ${at}\n`)
  writeFileSync(path, '0\n')
  const { fileSystem, stats } = counted()
  const follow = following(path, { from: 'start', fileSystem })
  await follow.untilText('0\n')
  const lines = ['0']
  for (let round = 0; round < 3; round++) {
    stats.length = 0
    for (let turn = 0; turn < 2; turn++) {
      rotate(path, 1000 + lines.length - 1)
      lines.push(`${lines.length}`)
      writeFileSync(path, `${lines.length - 1}\n`)
    }
    await follow.untilText(`${lines.length - 1}\n`)
    expect(linesOf(follow.items)).toEqual(lines)
    // One after the other they would be many thousands, and names that move every second would never rest.
    expect(stats.filter(other => other.startsWith(`${path}.`)).length).toBeLessThan(500)
  }
  await follow.stop()
}, 60_000)

it('opens what was packed after its time once, however often it searches', async () => {
  const path = join(await tempDir({ onTestFinished }), 'app.log')
  writeFileSync(path, '0\n')
  const { fileSystem, opens } = counted()
  const follow = following(path, { from: 'start', fileSystem })
  await follow.untilText('0\n')
  for (let at = 1; at <= 50; at++) {
    writeFileSync(`${path}.${at}.gz`, gzipSync(`packed ${at}\n`))
    utimesSync(`${path}.${at}.gz`, at, at)
  }
  for (let round = 1; round <= 5; round++) {
    renameSync(path, `${path}.${round}`)
    writeFileSync(path, `${round}\n`)
    await follow.untilText(`${round}\n`)
  }
  expect(linesOf(follow.items)).toEqual(['0', '1', '2', '3', '4', '5'])
  const packed = opens.filter(name => name.endsWith('.gz'))
  expect(new Set(packed).size).toBe(50)
  expect(packed).toHaveLength(50)
  await follow.stop()
}, 60_000)

it('asks nothing of the files that were rotated before, and are still open for late lines, when another one is', async () => {
  const path = join(await tempDir({ onTestFinished }), 'app.log')
  writeFileSync(path, '0\n')
  const { fileSystem, reads } = countedReads()
  const follow = following(path, { from: 'start', fileSystem, lingerMs: 600_000, pollMs: 1000 })
  await follow.untilText('0\n')
  const rounds = 60
  for (let round = 1; round <= rounds; round++) {
    renameSync(path, `${path}.${round}`)
    writeFileSync(path, `${round}\n`)
    await follow.untilText(`${round}\n`)
  }
  expect(linesOf(follow.items)).toEqual(Array.from({ length: rounds + 1 }, (_, line) => String(line)))
  expect(reads() / rounds).toBeLessThan(rounds / 2)
  await follow.stop()
}, 60_000)

it('searches on when names did not rest for as long as they were listed', async () => {
  const path = join(await tempDir({ onTestFinished }), 'app.log')
  writeFileSync(`${path}.2`, 'zero\n')
  writeFileSync(path, 'one\n')
  let listings = 0
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    readdir: async directory => {
      const names = await nodeFileSystem.readdir(directory)
      if (listings <= 0) return names
      // A folder whose names move has changed.
      utimesSync(directory, new Date(), new Date())
      const hidden = listings-- % 2 === 0 ? ['app.log.1', 'app.log.2'] : ['app.log.1']
      return names.filter(name => !hidden.includes(name))
    },
  }
  const follow = following(path, { from: 'start', fileSystem })
  await follow.untilText('one\n')
  appendFileSync(path, 'two\n')
  copyFileSync(path, `${path}.1`)
  listings = 200
  truncateSync(path)
  appendFileSync(path, 'three\n')
  await follow.untilText('three\n')
  expect(linesOf(follow.items)).toEqual(['one', 'two', 'three'])
  await follow.stop()
}, 60_000)
