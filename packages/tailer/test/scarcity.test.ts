import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { silentLogger, type LogFields } from '@logflow/core'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MemoryStorage, tempDir } from '../../testkit/src/index.ts'
import { nodeFileSystem, openCheckpoint, type CheckpointStorage, type FileSystem } from '../src/index.ts'
import { following, linesOf, words } from './observed.ts'

const source = (id: string): { host: string; path: string; id: string } => ({ host: 'h', path: `/log/${id}`, id })

function failure(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** A disk that is full for some writes: it takes half of them. */
class FullDisk extends MemoryStorage implements CheckpointStorage {
  failures = 0

  override readonly append = async (bytes: Uint8Array): Promise<void> => {
    const before = await this.load()
    const fails = this.failures-- > 0
    const taken = fails ? bytes.subarray(0, bytes.length / 2) : bytes
    await this.replace(Buffer.concat([before, taken]))
    if (fails) throw failure('ENOSPC')
  }
}

/** The files of this machine, whose folders cannot be listed for want of a descriptor. */
class ScarceFolders {
  scarce = false
  readonly fileSystem: FileSystem = {
    ...nodeFileSystem,
    readdir: path => (this.scarce ? Promise.reject(failure('EMFILE')) : nodeFileSystem.readdir(path)),
  }
}

describe('a checkpoint on a full disk', () => {
  it('says so, keeps what it had, and loses no record that comes after the one which was torn', async () => {
    const disk = new FullDisk()
    const checkpoint = await openCheckpoint(disk)
    await checkpoint.acknowledge(source('a'), 1)
    disk.failures = 2
    for (const offset of [2, 3]) {
      await expect(checkpoint.acknowledge(source('b'), offset)).rejects.toThrow(
        expect.objectContaining({ code: 'LF_TAILER_CHECKPOINT' }),
      )
    }
    await checkpoint.acknowledge(source('c'), 4)
    await checkpoint.acknowledge(source('b'), 3)
    await checkpoint.close()
    const again = await openCheckpoint(disk)
    expect(again.damagedRecords).toBe(0)
    expect(again.entries().map(({ sourceId, offset }) => [sourceId, offset])).toEqual([
      ['a', 1],
      ['c', 4],
      ['b', 3],
    ])
  })
})

describe('following without a descriptor to spare', () => {
  for (const code of ['EMFILE', 'ENFILE']) {
    it(`tells ${code} once, and reads everything when there is one again`, async () => {
      const path = join(await tempDir({ onTestFinished }), 'app.log')
      await writeFile(path, 'one\n')
      let scarce = true
      const fileSystem: FileSystem = {
        ...nodeFileSystem,
        open: other => (scarce ? Promise.reject(failure(code)) : nodeFileSystem.open(other)),
      }
      const log = following(path, { from: 'start', fileSystem })
      onTestFinished(() => log.stop())
      await log.until(items => items.length > 0)
      await appendFile(path, 'two\n')
      scarce = false
      await log.untilText('two')
      expect(words(log.items).filter(word => word.includes('failed'))).toHaveLength(1)
      expect(log.items[0]).toMatchObject({ event: 'failed', detail: { system: code } })
      expect(linesOf(log.items)).toEqual(['one', 'two'])
    })
  }

  it('finds later what was rotated away meanwhile, although the folder does not change again', async () => {
    const path = join(await tempDir({ onTestFinished }), 'app.log')
    await writeFile(path, 'one\n')
    let scarce = true
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      open: other => (scarce && other !== path ? Promise.reject(failure('EMFILE')) : nodeFileSystem.open(other)),
    }
    const log = following(path, { from: 'start', fileSystem })
    onTestFinished(() => log.stop())
    await log.untilText('one')
    // All at once: `two` comes and goes between two looks.
    renameSync(path, `${path}.2`)
    writeFileSync(path, 'two\n')
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'three\n')
    await log.until(items => words(items).some(word => word.includes('failed')))
    scarce = false
    await log.untilText('three')
    expect(linesOf(log.items)).toEqual(['one', 'two', 'three'])
  })

  it('searches again when a folder could not be listed, although nothing happens in it any more', async () => {
    const folder = await tempDir({ onTestFinished })
    const path = join(folder, 'app.log')
    mkdirSync(join(folder, 'away'))
    await writeFile(path, 'one\n')
    const folders = new ScarceFolders()
    const log = following(path, { from: 'start', fileSystem: folders.fileSystem })
    onTestFinished(() => log.stop())
    await log.untilText('one')
    // All at once: `two` comes and goes between two looks, and lies beside the path only when `three` is read.
    renameSync(path, `${path}.2`)
    writeFileSync(path, 'two\n')
    renameSync(path, join(folder, 'away', 'app.log'))
    writeFileSync(path, 'three\n')
    await log.untilText('three')
    folders.scarce = true
    renameSync(join(folder, 'away', 'app.log'), `${path}.1`)
    // A folder that has changed just now would be looked through again in any case.
    utimesSync(folder, 1e9, 1e9)
    await log.until(items => words(items).some(word => word.includes('failed')))
    folders.scarce = false
    await log.untilText('two')
    expect(linesOf(log.items)).toEqual(['one', 'three', 'two'])
  })

  it('goes on with what it follows when a folder cannot be listed, tells it once, and finds what is new afterwards', async () => {
    const folder = await tempDir({ onTestFinished })
    await writeFile(join(folder, 'a.log'), 'one\n')
    const folders = new ScarceFolders()
    const log = following(join(folder, '*.log'), { from: 'start', fileSystem: folders.fileSystem })
    onTestFinished(() => log.stop())
    await log.untilText('one')
    folders.scarce = true
    await writeFile(join(folder, 'b.log'), 'three\n')
    await log.until(items => words(items).some(word => word.includes('failed')))
    await appendFile(join(folder, 'a.log'), 'two\n')
    await log.untilText('two')
    folders.scarce = false
    await log.untilText('three')
    // The pattern cannot be looked for, nor what lies beside the file, if that was looked at meanwhile.
    const failed = words(log.items).filter(word => word.includes('failed'))
    expect(new Set(failed).size).toBe(failed.length)
    expect(linesOf(log.items)).toEqual(['one', 'two', 'three'])
  })
})

describe('following when the system has no watch to spare', () => {
  it('says so once, looks by itself, and hears of a folder again when there is a watch', async () => {
    const path = join(await tempDir({ onTestFinished }), 'app.log')
    await writeFile(path, 'one\n')
    const warnings: unknown[] = []
    let watched = 0
    let scarce = true
    const fileSystem: FileSystem = {
      ...nodeFileSystem,
      watch: (folder, heard, failed) => {
        if (scarce) throw failure('ENOSPC')
        watched++
        return nodeFileSystem.watch(folder, heard, failed)
      },
    }
    const logger = { ...silentLogger, warn: (fields: LogFields) => void warnings.push(fields.event) }
    const log = following(path, { from: 'start', fileSystem, logger })
    onTestFinished(() => log.stop())
    await log.untilText('one')
    for (const line of ['two', 'three']) {
      await appendFile(path, `${line}\n`)
      await log.untilText(line)
    }
    scarce = false
    await vi.waitFor(() => expect(watched).toBe(1), { timeout: 20_000 })
    renameSync(path, `${path}.1`)
    writeFileSync(path, 'four\n')
    await log.untilText('four')
    expect(warnings).toEqual(['directory.unwatched'])
    expect(linesOf(log.items)).toEqual(['one', 'two', 'three', 'four'])
  })
})
