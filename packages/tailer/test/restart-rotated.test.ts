import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Delivery, Gap } from '@logflow/core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import { follow, nodeFileSystem, openCheckpoint, type FileSystem, type FollowOptions } from '../src/index.ts'
import { text } from './observed.ts'

/** `RESTART_FILES=20000` for many. */
const FILES = Number(process.env['RESTART_FILES'] ?? 300)
const TIMEOUT_MS = 60_000 + FILES * 40
const NAMES = Array.from({ length: FILES }, (_, at) => `${String(at).padStart(5, '0')}.log`)

/** The files of this machine, of which no more than `limit` can be open at one time. */
function scarce(limit: number): FileSystem {
  let open = 0
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    open: async path => {
      if (open === limit) throw Object.assign(new Error('no descriptor to spare'), { code: 'EMFILE' })
      open++
      const handle = await nodeFileSystem.open(path).catch((error: unknown) => {
        open--
        throw error
      })
      let closed = false
      return {
        stat: options => handle.stat(options),
        read: (...args) => handle.read(...args),
        close: () => {
          if (!closed) open--
          closed = true
          return handle.close()
        },
      }
    },
  }
  return fileSystem
}

/** Three generations of each path: one that was read as far as its first line, and two that nobody has seen. */
async function rotated(folder: string): Promise<void> {
  for (const name of NAMES) writeFileSync(join(folder, name), 'read\n')
  await run(folder, { from: 'start' }, afterLines(FILES))
  for (const name of NAMES) {
    const path = join(folder, name)
    appendFileSync(path, 'one\n')
    renameSync(path, `${path}.2`)
    writeFileSync(path, 'two\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'three\n')
  }
}

/** Follows until it is `done` with what comes, and acknowledges everything. */
async function run(
  folder: string,
  options: FollowOptions,
  done: (item: Delivery) => boolean,
): Promise<readonly Delivery[]> {
  const checkpoint = await openCheckpoint(join(folder, 'checkpoint'))
  const items: Delivery[] = []
  const written: Promise<void>[] = []
  const all = { host: 'h', pollMs: 100, lingerMs: 50, ...options, checkpoint }
  for await (const item of follow(join(folder, '*.log'), all)) {
    items.push(item)
    if (item.kind !== 'event')
      written.push(checkpoint.acknowledge(item.source, item.kind === 'gap' ? item.to : item.offset + item.bytes.length))
    if (done(item)) break
  }
  await Promise.all(written)
  await checkpoint.close()
  return items
}

/** Whether so many lines have come. */
function afterLines(lines: number): (item: Delivery) => boolean {
  let left = lines
  return item => item.kind === 'lines' && (left -= item.ends.length) === 0
}

function gapsIn(items: readonly Delivery[]): Gap[] {
  return items.filter(item => item.kind === 'gap')
}

/** What came of each path, in order. */
function linesOfEach(items: readonly Delivery[]): string[] {
  const lines = new Map(NAMES.map(name => [name, '']))
  for (const item of items) {
    const name = basename(item.source.path)
    lines.set(name, (lines.get(name) ?? '') + text(item))
  }
  return [...lines.values()]
}

describe('a restart after hundreds of files were all rotated', () => {
  for (const from of ['start', 'end'] as const) {
    it(
      `reads all of each in order with few descriptors, and tells of none that were missing, from the ${from}`,
      async () => {
        const folder = await tempDir({ onTestFinished })
        await rotated(folder)
        const options = { from, fileSystem: scarce(128) }
        const items = await run(folder, options, afterLines(FILES * 3))
        expect(gapsIn(items)).toEqual([])
        expect(items.filter(item => item.kind === 'event' && item.event === 'failed')).toEqual([])
        expect(linesOfEach(items)).toEqual(NAMES.map(() => 'one\ntwo\nthree\n'))
      },
      TIMEOUT_MS,
    )
  }

  it(
    'tells as a gap what was seen, and removed before it was its turn',
    async () => {
      const folder = await tempDir({ onTestFinished })
      await rotated(folder)
      let [first, thirds, ended] = [true, 0, 0]
      const items = await run(folder, { fileSystem: scarce(128) }, item => {
        // The first of them have been opened by now, and most of these closed until they are read.
        if (first) for (const name of NAMES) rmSync(join(folder, `${name}.1`))
        first = false
        if (text(item) === 'three\n') thirds++
        if (item.kind === 'event' && item.event === 'ended') ended++
        return thirds === FILES && ended >= FILES
      })
      const gaps = gapsIn(items)
      expect(gaps.length).toBeGreaterThan(0)
      expect(gaps.map(({ from, to, reason }) => [from, to, reason])).toEqual(gaps.map(() => [0, 4, 'unreadable']))
      const lost = new Set(gaps.map(({ source }) => basename(source.path)))
      const left = linesOfEach(items).filter((_, at) => lost.has(NAMES[at] as string))
      expect(left).toEqual(left.map(() => 'one\nthree\n'))
    },
    TIMEOUT_MS,
  )
})
