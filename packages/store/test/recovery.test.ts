import { appendFile, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LogFields, Logger } from '@logflow/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore, openStoreReader, type Store, type StoreReader } from '../src/index.ts'

let folder: string
let store: Store
let events: string[]
const note = ({ event }: LogFields): void => void events.push(event)
const logger: Logger = { debug: note, info: note, warn: note, error: note }

beforeEach(async () => {
  events = []
  folder = await mkdtemp(join(tmpdir(), 'logflow-store-'))
  store = await openStore(folder, { logger })
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

const append = (sequence: number): ReturnType<Store['append']> =>
  store.append({ stream: 'dev', id: { epoch: 'e', sequence }, bytes: new TextEncoder().encode(`entry ${sequence}\n`) })

async function segments(): Promise<string[]> {
  return (await readdir(join(folder, 'dev'))).sort().map(file => join(folder, 'dev', file))
}

/** Sequences, and gaps as `reason segment:offset>segment:offset`. */
async function found(reader: StoreReader = store): Promise<(number | string)[]> {
  const items: (number | string)[] = []
  for await (const { kind, position: at, next, ...item } of reader.scan())
    items.push(
      kind === 'entry'
        ? (item as unknown as { id: { sequence: number } }).id.sequence
        : `${(item as { reason: string }).reason} ${at.segment}:${at.offset}>${next.segment}:${next.offset}`,
    )
  return items
}

async function reopenAfter(change: (path: string) => Promise<unknown>): Promise<void> {
  await store.close()
  await change((await segments()).at(-1) as string)
  store = await openStore(folder, { logger })
}

async function flip(path: string, offset: number): Promise<void> {
  const file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, offset)
  await file.write(Uint8Array.of((buffer[0] as number) ^ 1), 0, 1, offset)
  await file.close()
}

describe('openStore after a crash', () => {
  it('cuts a torn tail at any byte, counts and reports it, and goes on', async () => {
    await append(0)
    const { position } = await append(1)
    const [path] = (await segments()) as [string]
    const whole = await readFile(path)
    for (let size = position.offset + 1; size < whole.length; size++) {
      events = []
      await reopenAfter(async newest => {
        for (const other of await segments()) if (other !== path) await rm(other)
        expect(newest).toBeDefined()
        await writeFile(path, whole.subarray(0, size))
      })
      expect(events).toContain('segment.torn')
      expect(store.stats().tornBytes).toBe(size - position.offset)
      expect((await append(1)).duplicate).toBe(false)
      expect(await found()).toEqual([0, 1])
    }
  })

  it('takes zeros for a torn tail', async () => {
    await append(0)
    await reopenAfter(path => appendFile(path, new Uint8Array(5000)))
    expect(store.stats()).toMatchObject({ tornBytes: 5000, damagedBytes: 0 })
    expect(await found()).toEqual([0])
    await append(1)
    expect(await found()).toEqual([0, 1])
  })

  it('forgets a segment whose header was not finished', async () => {
    await append(0)
    await store.seal()
    await append(1)
    await reopenAfter(path => truncate(path, 20))
    expect((await append(1)).duplicate).toBe(false)
    expect(await found()).toEqual([0, 1])
  })

  it('destroys nothing when the middle of the newest segment is damaged, and says so', async () => {
    await append(0)
    const { position } = await append(1)
    await append(2)
    await reopenAfter(path => flip(path, position.offset + 30))
    expect(events).toContain('segment.damaged')
    expect(store.stats().damagedBytes).toBeGreaterThan(0)
    const size = (await readFile((await segments())[0] as string)).length
    expect(await found()).toEqual([0, `damaged 1:${position.offset}>1:${size}`])
    expect((await append(2)).duplicate).toBe(false) // no longer known to be there, so it is taken again
    expect((await found())[0]).toBe(0)
    expect((await found()).at(-1)).toBe(2)
  })
})

describe('scan', () => {
  it('names segment and offset of damage in a sealed segment and goes on at the next', async () => {
    await append(0)
    const { position } = await append(1)
    await append(2)
    await store.seal()
    await append(3)
    const [first] = await segments()
    await flip(first as string, position.offset + 4)
    const [, gap, ...rest] = await found(openStoreReader(folder))
    expect(gap).toMatch(new RegExp(`^damaged 1:${position.offset}>2:`))
    expect(rest).toEqual([3])
  })

  it('reports a segment whose header is damaged', async () => {
    await append(0)
    await store.seal()
    await append(1)
    await store.seal()
    await append(2)
    await flip((await segments())[1] as string, 20)
    expect(await found()).toEqual([0, expect.stringMatching(/^damaged 1:\d+>2:\d+$/), 2])
  })
})

describe('append', () => {
  it('gives up a segment that is not as it was left, and the retry succeeds in another', async () => {
    store = (await store.close(), await openStore(folder, { logger, maxOpenSegments: 0 }))
    await append(0)
    const [path] = await segments()
    await appendFile(path as string, 'somebody else')
    await expect(append(1)).rejects.toMatchObject({ code: 'LF_STORE_WRITE', retryable: true })
    expect(events).toContain('append.failed')
    expect((await append(1)).duplicate).toBe(false)
    expect(await found()).toEqual([0, 1])
  })

  it('rejects who waits behind a failed append, so that no sequence is overtaken', async () => {
    store = (await store.close(), await openStore(folder, { logger, maxOpenSegments: 0 }))
    await append(0)
    await appendFile((await segments())[0] as string, 'somebody else')
    const results = await Promise.allSettled([append(1), append(2), append(3)])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect((await append(1)).duplicate).toBe(false)
  })
})
