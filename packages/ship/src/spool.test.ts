import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lineBatch, type Delivery, type Gap, type LineBatch } from '@logflow/core'
import { DeliveryDecoder } from '@logflow/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSpool, type Spool, type SpooledBatch } from './spool.ts'
import type { SpoolOptions } from './spool-options.ts'

let folder: string
let spool: Spool
const small: SpoolOptions = { maxBatchBytes: 1000, maxBytes: 5000 }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logflow-spool-'))
  spool = await openSpool(folder)
})
afterEach(async () => {
  await spool.close()
  await rm(folder, { recursive: true })
})

async function reopen(options?: SpoolOptions): Promise<void> {
  await spool.close()
  spool = await openSpool(folder, options)
}

/** Lines of `path`, each of `size` bytes, one delivery each, numbered over all calls. */
function writer(path: string, size = 100): (count: number) => Promise<void> {
  const source = { host: 'h', path, id: `id-${path}` }
  let line = 0
  return async count => {
    for (let i = 0; i < count; i++, line++) {
      const bytes = new TextEncoder().encode(`${String(line).padEnd(size - 1, '.')}\n`)
      await spool.append(lineBatch({ source, bytes, offset: line * size, firstLine: line + 1 }))
    }
  }
}

function decode(batch: SpooledBatch): Delivery[] {
  const decoder = new DeliveryDecoder()
  decoder.push(batch.bytes)
  const items: Delivery[] = []
  for (let item = decoder.read(); item; item = decoder.read()) items.push(item)
  decoder.end()
  return items
}

/** Everything, as a receiver that acknowledges would see it. */
async function drainAll(): Promise<{ readonly items: Delivery[]; readonly sequences: number[] }> {
  const items: Delivery[] = []
  const sequences: number[] = []
  for (let batch = await spool.next(); batch; batch = await spool.next()) {
    items.push(...decode(batch))
    sequences.push(batch.id.sequence)
    await spool.acknowledge(batch.id)
  }
  return { items, sequences }
}

describe('Spool', () => {
  it('gives lines back as one delivery per source when they follow each other', async () => {
    await writer('a')(3)
    await writer('b')(1)
    const { items } = await drainAll()
    expect(items.map(item => (item as LineBatch).ends.length)).toEqual([3, 1])
    expect((items[0] as LineBatch).bytes.length).toBe(300)
    expect(await spool.next()).toBeUndefined()
  })

  it('gives the same bytes under the same id until they are acknowledged, over restarts too', async () => {
    await writer('a')(2)
    const first = await spool.next()
    await writer('b')(2)
    expect(await spool.next()).toEqual(first)
    await reopen()
    expect(await spool.next()).toEqual(first)
    await spool.acknowledge((first as SpooledBatch).id)
    expect(decode((await spool.next()) as SpooledBatch)[0]?.source.path).toBe('b')
  })

  it('counts up through restarts, also when everything was acknowledged', async () => {
    const write = writer('a')
    const all: number[] = []
    for (let round = 0; round < 4; round++) {
      await write(1)
      all.push(...(await drainAll()).sequences)
      await reopen()
      expect(await spool.next()).toBeUndefined()
    }
    expect(all).toEqual([...new Set(all)].sort((a, b) => a - b))
    expect(all).toHaveLength(4)
  })

  it('keeps its epoch, and a new folder has another', async () => {
    const { epoch } = spool
    await writer('a')(1)
    await reopen()
    expect(spool.epoch).toBe(epoch)
    await rm(folder, { recursive: true })
    await reopen()
    expect(spool.epoch).not.toBe(epoch)
  })

  it('cuts an append that was not finished and says so in the data', async () => {
    await writer('a')(2)
    await spool.close()
    const [file] = await readdir(folder)
    await appendFile(join(folder, file as string), new Uint8Array(7))
    spool = await openSpool(folder)
    expect(spool.stats().tornBytes).toBe(7)
    const { items } = await drainAll()
    expect(items.map(({ kind }) => kind)).toEqual(['lines', 'event'])
    expect(items[1]).toMatchObject({ event: 'failed', detail: { tornBytes: 7 } })
  })

  it('goes on behind a batch that cannot be read', async () => {
    await reopen(small)
    await writer('a', 300)(12)
    const [broken] = (await readdir(folder)).sort()
    await writeFile(join(folder, broken as string), 'garbage')
    const { items } = await drainAll()
    expect(items[0]).toMatchObject({ kind: 'event', event: 'failed' })
    expect(items.slice(1).every(({ kind }) => kind === 'lines')).toBe(true)
  })

  it('keeps the last mark of each key with the delivery it came with, also when that is acknowledged', async () => {
    const gap = (from: number): Gap => ({
      kind: 'gap',
      source: { host: 'h', path: 'p', id: 'i' },
      from,
      to: from,
      reason: 'missed',
    })
    await spool.append(gap(0), { mark: { key: 'a', value: '1' } })
    await spool.append(gap(1), { mark: { key: 'b', value: '1' } })
    await spool.append(gap(2), { mark: { key: 'a', value: '2\n' } })
    await expect(spool.append(gap(3), { mark: { key: 'c', value: 'x'.repeat(100_000) } })).rejects.toThrow(RangeError)
    const marks = [
      { key: 'b', value: '1' },
      { key: 'a', value: '2\n' },
    ]
    expect(spool.marks()).toEqual(marks)
    await reopen()
    expect(spool.marks()).toEqual(marks)
    await drainAll()
    await reopen()
    expect(spool.marks()).toEqual(marks)
    for (let i = 0; i < 40; i++) await spool.append(gap(i), { mark: { key: `k${i}`, value: '' } })
    expect(spool.marks()).toHaveLength(16)
  })

  it('refuses a second process and a size that cannot work', async () => {
    await expect(openSpool(folder)).rejects.toMatchObject({ code: 'LF_SHIP_SPOOL_LOCKED' })
    await expect(openSpool(`${folder}-2`, { maxBytes: 10, maxBatchBytes: 10 })).rejects.toThrow(RangeError)
  })

  it('rejects appends after close and a delivery that cannot be encoded, and takes others', async () => {
    const source = { host: 'h', path: 'p', id: 'i' }
    await expect(spool.append({ kind: 'gap', source, from: -1, to: 0, reason: 'missed' })).rejects.toThrow()
    await spool.append({ kind: 'gap', source, from: 0, to: 9, reason: 'missed' })
    expect((await drainAll()).items).toEqual([{ kind: 'gap', source, from: 0, to: 9, reason: 'missed' }])
    await spool.close()
    await expect(writer('a')(1)).rejects.toMatchObject({ code: 'LF_SHIP_CLOSED' })
  })
})

describe('Spool overflow', () => {
  beforeEach(() => reopen(small))

  it('keeps the oldest and the newest, and leaves the exact gap between them', async () => {
    await writer('a')(100)
    expect(spool.stats().bytes).toBeLessThanOrEqual(5000)
    const { items } = await drainAll()
    const [first, gap, ...rest] = items as [LineBatch, Gap, ...LineBatch[]]
    expect(first.offset).toBe(0)
    expect(gap).toEqual({
      kind: 'gap',
      source: first.source,
      from: first.bytes.length,
      to: rest[0]?.offset,
      reason: 'overflow',
    })
    const last = rest.at(-1) as LineBatch
    expect(last.offset + last.bytes.length).toBe(10_000)
    expect(spool.stats().droppedBytes).toBe(gap.to - gap.from)
    expect(spool.stats().droppedLines).toBe((gap.to - gap.from) / 100)
  })

  it('accounts for every byte of every source, whatever is acknowledged and restarted meanwhile', async () => {
    const writers = ['a', 'b', 'c'].map(path => writer(path))
    const items: Delivery[] = []
    for (let round = 0; round < 30; round++) {
      for (const [i, write] of writers.entries()) await write((round * 7 + i) % 11)
      if (round % 3 === 0) {
        const batch = await spool.next()
        if (batch) {
          items.push(...decode(batch))
          await spool.acknowledge(batch.id)
        }
      }
      if (round % 5 === 0) await reopen(small)
    }
    items.push(...(await drainAll()).items)
    const ends = new Map<string, number>()
    for (const item of items) {
      if (item.kind === 'event') throw new Error(JSON.stringify(item))
      const [from, to] = item.kind === 'gap' ? [item.from, item.to] : [item.offset, item.offset + item.bytes.length]
      expect(from).toBe(ends.get(item.source.path) ?? 0)
      ends.set(item.source.path, to)
    }
    for (const [i, path] of ['a', 'b', 'c'].entries()) {
      const lines = Array.from({ length: 30 }, (_, round) => (round * 7 + i) % 11).reduce((sum, n) => sum + n)
      expect(ends.get(path)).toBe(lines * 100)
    }
  })

  it('never changes the batch in flight', async () => {
    const write = writer('a')
    await write(1)
    const inFlight = await spool.next()
    await write(100)
    expect(await spool.next()).toEqual(inFlight)
  })

  it('keeps the reason of a gap that it drops', async () => {
    const source = { host: 'h', path: 'g', id: 'g' }
    const write = writer('a')
    await write(20)
    await spool.append({ kind: 'gap', source, from: 5, to: 8, reason: 'rotated' })
    await write(100)
    const { items } = await drainAll()
    expect(items).toContainEqual({ kind: 'gap', source, from: 5, to: 8, reason: 'rotated' })
  })
})
