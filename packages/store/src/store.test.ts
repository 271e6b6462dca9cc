import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, openStoreReader, type Store, type StoreOptions, type StoreReader } from './store.ts'
import type { StorePositions } from './position.ts'

let folder: string
let store: Store

async function reopen(options?: StoreOptions): Promise<void> {
  await store.close()
  store = await openStore(folder, options)
}

function append(sequence: number, text = `entry ${sequence}\n`, stream = 'router'): ReturnType<Store['append']> {
  return store.append({ stream, id: { epoch: 'e1', sequence }, bytes: new TextEncoder().encode(text) })
}

async function texts(reader: StoreReader, from: StorePositions = {}): Promise<string[]> {
  const found: string[] = []
  for await (const item of reader.scan({ from }))
    found.push(item.kind === 'entry' ? new TextDecoder().decode(item.bytes) : `gap ${item.reason}`)
  return found
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logflow-store-'))
  store = await openStore(folder)
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

describe('Store', () => {
  it('gives back what was appended, in order, also to another reader', async () => {
    await append(0)
    await append(1)
    await append(0, 'other\n', 'switch')
    expect(await texts(store)).toEqual(['entry 0\n', 'entry 1\n', 'other\n'])
    expect(await texts(openStoreReader(folder))).toEqual(['entry 0\n', 'entry 1\n', 'other\n'])
    expect(await store.streams()).toEqual(['router', 'switch'])
  })

  it('makes many appends durable with few syncs', async () => {
    await Promise.all(Array.from({ length: 300 }, (_, sequence) => append(sequence)))
    expect(store.stats()).toMatchObject({ appends: 300, failures: 0 })
    expect(store.stats().syncs).toBeLessThan(10)
    expect(await texts(store)).toHaveLength(300)
  })

  it('stores an id once, also when both appends are in flight and after it was opened again', async () => {
    const both = await Promise.all([append(0), append(0)])
    expect(both.map(({ duplicate }) => duplicate)).toEqual([false, true])
    await reopen()
    expect((await append(0)).duplicate).toBe(true)
    expect((await append(1)).duplicate).toBe(false)
    await reopen() // the newest segment holds only entry 1: what came before is known from its header
    expect((await append(0)).duplicate).toBe(true)
    expect(await texts(store)).toEqual(['entry 0\n', 'entry 1\n'])
  })

  it('goes on where a consumer stopped, across sealed segments', async () => {
    for (let i = 0; i < 5; i++) {
      await append(i)
      await store.seal()
    }
    const nexts: StorePositions[] = []
    for await (const item of store.scan()) nexts.push({ [item.stream]: item.next })
    for (const [i, from] of nexts.entries())
      expect(await texts(store, from)).toEqual(Array.from({ length: 4 - i }, (_, k) => `entry ${i + 1 + k}\n`))
  })

  it('seals by size', async () => {
    await reopen({ maxSegmentBytes: 400 })
    for (let i = 0; i < 20; i++) await append(i, 'x'.repeat(100))
    expect((await readdir(join(folder, 'router'))).length).toBeGreaterThan(3)
    expect(await texts(store)).toHaveLength(20)
  })

  it('reads entries larger than one read', async () => {
    const big = 'y'.repeat(3 * 1024 * 1024)
    await append(0, big)
    await append(1, 'small')
    expect(await texts(store)).toEqual([big, 'small'])
  })

  it('keeps few files open and still appends to all streams', async () => {
    await reopen({ maxOpenSegments: 2 })
    for (let round = 0; round < 3; round++)
      for (const stream of ['a', 'b', 'c', 'd']) await append(round, 'x\n', stream)
    expect(await texts(store)).toHaveLength(12)
    expect(await readdir(join(folder, 'a'))).toHaveLength(1)
  })

  it('refuses a second writer until the first closes', async () => {
    await expect(openStore(folder)).rejects.toMatchObject({ code: 'LF_STORE_LOCKED', retryable: true })
    await reopen()
  })

  it('rejects every call after close', async () => {
    await store.close()
    await expect(append(0)).rejects.toMatchObject({ code: 'LF_STORE_CLOSED' })
    await expect(store.seal()).rejects.toMatchObject({ code: 'LF_STORE_CLOSED' })
  })
})

describe('Store.retain', () => {
  it('removes the oldest segments first and tells a reader that had not seen them', async () => {
    await append(0)
    let first: StorePositions = {}
    for await (const item of store.scan()) first = { [item.stream]: item.next }
    await store.seal()
    for (let i = 1; i < 4; i++) {
      await append(i)
      await store.seal()
    }
    await store.retain({ maxBytes: 350 })
    const left = await texts(store, first)
    expect(left[0]).toBe('gap removed')
    expect(left.at(-1)).toBe('entry 3\n')
    expect(await texts(store)).toEqual(left.slice(1))
  })

  it('can remove everything and still knows a duplicate', async () => {
    await append(7)
    const removed = await store.retain({ maxAgeMs: -1 })
    expect(removed.removedSegments).toBe(1)
    expect(await texts(store)).toEqual([])
    expect((await store.retain({ maxAgeMs: -1 })).removedSegments).toBe(0)
    await reopen()
    expect((await append(7)).duplicate).toBe(true)
    expect((await append(8)).duplicate).toBe(false)
    expect(await texts(store)).toEqual(['entry 8\n'])
  })
})

describe('Store.scan', () => {
  it('follows appends, new segments and new streams until the signal aborts', async () => {
    const stop = new AbortController()
    const seen: string[] = []
    const following = (async () => {
      for await (const item of openStoreReader(folder).scan({ follow: true, signal: stop.signal, pollMs: 200 }))
        if (item.kind === 'entry' && seen.push(`${item.stream}${item.id.sequence}`) === 5) stop.abort(new Error('seen'))
    })()
    const ended = expect(following).rejects.toThrow('seen')
    await append(0)
    await append(1)
    await store.seal()
    await append(2)
    await append(0, 'x\n', 'switch')
    await reopen()
    await append(3)
    await ended
    expect(seen.sort()).toEqual(['router0', 'router1', 'router2', 'router3', 'switch0'])
  })

  it('reads only the streams that are asked for', async () => {
    await append(0, 'x\n', 'a')
    await append(0, 'x\n', 'b')
    const seen = []
    for await (const { stream } of store.scan({ streams: ['b', 'nowhere'] })) seen.push(stream)
    expect(seen).toEqual(['b'])
  })
})
