import { appendFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../../../testkit/src/index.ts'
import {
  CHECKPOINT_HEADER,
  decodeCheckpointLog,
  encodeCheckpointRecord,
  type CheckpointEntry,
} from './checkpoint-log.ts'
import type { CheckpointStorage } from './checkpoint-storage.ts'
import { openCheckpoint } from './checkpoint.ts'

const source = (id: string): { host: string; path: string; id: string } => ({ host: 'h', path: `/log/${id}`, id })

const entries = fc.array(
  fc.record({
    sourceId: fc.constantFrom('a', 'b', 'c'),
    host: fc.string(),
    path: fc.string(),
    offset: fc.nat(),
    tailHash: fc.string(),
    atMs: fc.nat(),
  }),
  { maxLength: 12 },
)

/** Keeps nothing: of what is not opened again. */
function emptyStorage(): CheckpointStorage {
  const nothing = async (): Promise<void> => {}
  return {
    path: 'nowhere',
    load: async () => new Uint8Array(0),
    truncate: nothing,
    append: nothing,
    replace: nothing,
    close: nothing,
  }
}

function lastOf(list: readonly CheckpointEntry[]): CheckpointEntry[] {
  return list.filter((entry, at) => !list.slice(at + 1).some(({ sourceId }) => sourceId === entry.sourceId))
}

describe('decodeCheckpointLog', () => {
  it('gives the last whole record of every source, wherever a crash tore the file', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (list, at) => {
        const parts = [Buffer.from(CHECKPOINT_HEADER), ...list.map(encodeCheckpointRecord)]
        const bytes = Buffer.concat(parts)
        const size = at % (bytes.length + 1)
        let whole = 0
        for (let end = 0; whole < parts.length; whole++) if ((end += (parts[whole] as Uint8Array).length) > size) break
        const log = decodeCheckpointLog(bytes.subarray(0, size))
        expect([...log.entries.values()]).toEqual(lastOf(list.slice(0, Math.max(0, whole - 1))))
        expect(log.validBytes).toBeLessThanOrEqual(size)
        expect(log.damaged).toBe(0)
      }),
    )
  })

  it('skips what was damaged, keeps every other source, and never throws', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 255 }), (list, at, flip) => {
        const bytes = Buffer.concat(list.map(encodeCheckpointRecord))
        if (bytes.length === 0) return
        bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ flip
        const log = decodeCheckpointLog(bytes)
        const wanted = new Set(list.map(entry => JSON.stringify(entry)))
        for (const entry of log.entries.values()) expect(wanted).toContain(JSON.stringify(entry))
        expect(log.records).toBeGreaterThanOrEqual(list.length - 2)
      }),
    )
    fc.assert(fc.property(fc.uint8Array(), bytes => void decodeCheckpointLog(bytes)))
  })
})

describe('Checkpoint', () => {
  it('remembers what was acknowledged, with its proof, and forgets what it is told to', async t => {
    const path = join(await tempDir(t), 'checkpoint')
    {
      await using checkpoint = await openCheckpoint(path)
      checkpoint.note('a', 10, '10:aaaa')
      checkpoint.note('a', 20, '20:bbbb')
      await Promise.all([checkpoint.acknowledge(source('a'), 10), checkpoint.acknowledge(source('b'), 5)])
      await checkpoint.forget('b')
    }
    await using checkpoint = await openCheckpoint(path)
    expect(checkpoint.load('a')).toMatchObject({ offset: 10, tailHash: '10:aaaa', path: '/log/a' })
    expect(checkpoint.entries()).toHaveLength(1)
  })

  it('opens whatever a crash left, says what was damaged, and goes on writing', async t => {
    const path = join(await tempDir(t), 'checkpoint')
    for (const damage of ['torn', '00000000 {"not":"a record"}\n', '\0\0\0\0\n', '']) {
      {
        await using checkpoint = await openCheckpoint(path)
        await checkpoint.acknowledge(source('a'), 10)
      }
      await appendFile(path, damage)
      await using checkpoint = await openCheckpoint(path)
      await checkpoint.acknowledge(source('c'), 7)
      expect(checkpoint.load('a')?.offset).toBe(10)
    }
    await using checkpoint = await openCheckpoint(path)
    expect(checkpoint.damagedRecords).toBe(2)
    expect(checkpoint.load('c')?.offset).toBe(7)
  })

  it('knows of each path what a look at everything would find, in the same order', async () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd')
    const record = { id: ids, path: fc.constantFrom('/x', '/y'), host: fc.constantFrom('', 'h'), forget: fc.boolean() }
    const records = fc.array(fc.record(record), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(records, async all => {
        await using checkpoint = await openCheckpoint(emptyStorage())
        for (const [offset, { id, path, host, forget }] of all.entries()) {
          await (forget ? checkpoint.forget(id) : checkpoint.acknowledge({ id, path, host }, offset))
          if (!forget) checkpoint.complete(id, offset)
        }
        for (const [host, path] of [
          ['', '/x'],
          ['', '/y'],
          ['h', '/x'],
          ['h', '/y'],
        ] as const) {
          const found = checkpoint.entries().filter(entry => entry.host === host && entry.path === path)
          expect(checkpoint.entriesOf(host, path)).toEqual(found)
        }
      }),
    )
  })

  it('stays small, whatever is acknowledged, and is whole after it was written anew', async t => {
    const path = join(await tempDir(t), 'checkpoint')
    const line = encodeCheckpointRecord({ sourceId: 'a', host: '', path: '', offset: 1, tailHash: '', atMs: 0 })
    await writeFile(path, Buffer.concat([Buffer.from(CHECKPOINT_HEADER), ...Array.from({ length: 9000 }, () => line)]))
    {
      await using checkpoint = await openCheckpoint(path)
      await checkpoint.acknowledge(source('b'), 2)
      await checkpoint.acknowledge(source('b'), 3)
      expect((await stat(path)).size).toBeLessThan(1000)
    }
    expect((await readFile(path, 'latin1')).startsWith(CHECKPOINT_HEADER)).toBe(true)
    await using checkpoint = await openCheckpoint(path)
    expect(checkpoint.entries().map(entry => [entry.sourceId, entry.offset])).toEqual([
      ['a', 1],
      ['b', 3],
    ])
  })

  it('keeps the last sources of a path, however often that was rotated', async t => {
    const path = join(await tempDir(t), 'checkpoint')
    {
      await using checkpoint = await openCheckpoint(path)
      for (let i = 0; i < 100; i++) await checkpoint.acknowledge({ host: 'h', path: '/log/app', id: `${i}` }, i)
      await checkpoint.acknowledge(source('other'), 1)
      expect(checkpoint.entriesOf('h', '/log/app')).toHaveLength(32)
    }
    await using checkpoint = await openCheckpoint(path)
    expect(checkpoint.entriesOf('h', '/log/app').map(({ offset }) => offset)).toEqual(
      Array.from({ length: 32 }, (_, i) => 68 + i),
    )
    expect(checkpoint.entries()).toHaveLength(33)
  })

  it('forgets what was complete long ago, and keeps what was not, and what may get late lines', async t => {
    const path = join(await tempDir(t), 'checkpoint')
    const entry = (sourceId: string, days: number, more: Partial<CheckpointEntry>): Uint8Array => {
      const atMs = Date.now() - days * 86_400_000
      return encodeCheckpointRecord({ sourceId, host: 'h', path: sourceId, offset: 1, tailHash: '', atMs, ...more })
    }
    const kept = [entry('new', 29, { complete: true }), entry('open', 90, {}), entry('z', 1, { rotatedMs: 5 })]
    await writeFile(
      path,
      Buffer.concat([Buffer.from(CHECKPOINT_HEADER), entry('old', 31, { complete: true }), ...kept]),
    )
    await using checkpoint = await openCheckpoint(path)
    expect(checkpoint.entries().map(({ sourceId }) => sourceId)).toEqual(['new', 'open', 'z'])
    expect(checkpoint.load('z')?.rotatedMs).toBe(5)
    checkpoint.complete('z', 1, 7)
    expect(checkpoint.load('z')).toMatchObject({ complete: true, rotatedMs: 7 })
    checkpoint.complete('z', 1)
    expect(checkpoint.load('z')).toMatchObject({ complete: true, rotatedMs: undefined })
  })

  it('makes what was begun together durable, with its proof', async t => {
    const path = join(await tempDir(t), 'checkpoint')
    await using checkpoint = await openCheckpoint(path)
    for (let i = 0; i < 500; i++) checkpoint.begin(source(`${i}`), { sourceId: `${i}`, offset: i, tailHash: `1:${i}` })
    await checkpoint.begun()
    const { entries: kept } = decodeCheckpointLog(await readFile(path))
    expect(kept.size).toBe(500)
    expect(kept.get('7')).toMatchObject({ offset: 7, tailHash: '1:7' })
  })

  it('keeps what was begun when it is closed, and what was acknowledged of it after it', async t => {
    const path = join(await tempDir(t), 'checkpoint')
    const checkpoint = await openCheckpoint(path)
    for (const id of ['a', 'b']) checkpoint.begin(source(id), { sourceId: id, offset: 5, tailHash: '5:aa' })
    await checkpoint.acknowledge(source('a'), 9)
    checkpoint.begin(source('c'), { sourceId: 'c', offset: 6, tailHash: '' })
    await checkpoint.close()
    await using again = await openCheckpoint(path)
    expect(['a', 'b', 'c'].map(id => again.load(id)?.offset)).toEqual([9, 5, 6])
    expect([again.knows(source('a').path), again.knows('/nowhere')]).toEqual([true, false])
  })

  it('takes nothing once it is closed, and says where it cannot be opened', async t => {
    const dir = await tempDir(t)
    const checkpoint = await openCheckpoint(join(dir, 'checkpoint'))
    await checkpoint.close()
    await expect(checkpoint.acknowledge(source('a'), 1)).rejects.toThrow(
      expect.objectContaining({ code: 'LF_TAILER_CLOSED' }),
    )
    await expect(openCheckpoint(dir)).rejects.toThrow(expect.objectContaining({ code: 'LF_TAILER_CHECKPOINT' }))
  })
})
