import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { lineBatch, type Delivery } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { asyncChunksOf, collect, tempDir } from '../../../testkit/src/index.ts'
import { linesOf, text, words } from '../../test/observed.ts'
import { follow, read, readBlocks, readStream, toNodeStream, type ReadOptions } from '../index.ts'

describe('read', () => {
  it('reads every file that matches to its end, in order, with offsets and line numbers', async t => {
    const dir = await tempDir(t)
    await writeFile(join(dir, 'b.log'), 'three\nfour')
    await writeFile(join(dir, 'a.log'), 'one\ntwo\n')
    await writeFile(join(dir, 'c.log'), '')
    const items = await collect(read(join(dir, '*.log'), { batchBytes: 4 }))
    expect(linesOf(items)).toEqual(['one', 'two', 'three'])
    expect(words(items)).toEqual([
      'A opened',
      'A @0 one',
      'A @4 two',
      'A ended',
      'B opened',
      'B @0 three',
      'B @6 four',
      'B ended',
      'C opened',
      'C ended',
    ])
    expect(items.flatMap(item => (item.kind === 'lines' ? [item.firstLine] : []))).toEqual([1, 2, 1, 2])
  })

  it('reads the part of a file that is asked for, and does not count its lines', async t => {
    const path = join(await tempDir(t), 'app.log')
    await writeFile(path, 'one\ntwo\nthree\nfour\n')
    const seen: unknown[] = []
    const span: ReadOptions['span'] = async file => {
      seen.push(file.source.path, file.size, Buffer.from(await file.bytesAt(4, 3)).toString())
      return { from: 4, to: 14 }
    }
    const items = await collect(read(path, { span, batchBytes: 4 }))
    expect(seen).toEqual([path, 19, 'two'])
    expect(words(items)).toEqual(['A opened', 'A @4 two', 'A @8 three', 'A ended'])
    expect(items.flatMap(item => (item.kind === 'lines' ? [item.firstLine] : []))).toEqual([0, 0])
    await writeFile(path, gzipSync('one\ntwo\n'))
    expect(linesOf(await collect(read(path, { span })))).toEqual(['one', 'two'])
  })

  it('unfolds compressed files by their content, whatever their name', async t => {
    const path = join(await tempDir(t), 'app.log')
    await writeFile(path, Buffer.concat([gzipSync('one\ntw'), gzipSync('o\n')]))
    const items = await collect(read(path))
    expect(linesOf(items)).toEqual(['one', 'two'])
    await writeFile(path, gzipSync('one\ntwo\n').subarray(0, -4))
    expect((await collect(read(path))).at(-1)).toMatchObject({
      event: 'failed',
      detail: { code: 'LF_COMPRESS_TRUNCATED' },
    })
  })

  it('cuts lines over the limit and loses no byte', async t => {
    const path = join(await tempDir(t), 'app.log')
    const long = 'x'.repeat(100_000)
    await writeFile(path, `${long}\nend\n`)
    const items = await collect(read(path, { maxLineBytes: 1000, batchBytes: 777 }))
    expect(items.map(text).join('')).toBe(`${long}\nend\n`)
    for (const item of items) if (item.kind === 'lines') expect(item.bytes.length).toBeLessThan(3000)
  })

  it('tells what it could not read, and reads the rest', async t => {
    const dir = await tempDir(t)
    await mkdir(join(dir, 'a'))
    await writeFile(join(dir, 'b'), 'secret\n')
    await writeFile(join(dir, 'c'), 'one\n')
    const admit = async (path: string): Promise<string> => {
      if (path.endsWith('b')) throw new Error('not for you')
      return path
    }
    const items = await collect(read([join(dir, 'none'), join(dir, '*')], { admit }))
    const failures = items.flatMap(item => (item.kind === 'event' && item.event === 'failed' ? [item.detail] : []))
    expect(failures).toMatchObject([
      { code: 'LF_TAILER_OPEN' },
      { code: 'LF_TAILER_NOT_A_FILE' },
      { message: 'not for you' },
    ])
    expect(linesOf(items)).toEqual(['one'])
  })

  it('reads no more files than it may, and says so', async t => {
    const dir = await tempDir(t)
    for (const name of ['a', 'b', 'c']) await writeFile(join(dir, name), `${name}\n`)
    const items = await collect(read(join(dir, '*'), { maxGlobTargets: 2 }))
    expect(linesOf(items)).toEqual(['a', 'b'])
    expect(items.at(-1)).toMatchObject({ event: 'failed', detail: { limit: 2, matched: 3 } })
  })

  it('throws what it was aborted with', async t => {
    const path = join(await tempDir(t), 'app.log')
    await writeFile(path, 'one\n'.repeat(1000))
    const abort = new AbortController()
    const reading = collect(read(path, { signal: abort.signal, batchBytes: 10 }), {
      until: () => (abort.abort(new Error('enough')), false),
    })
    await expect(reading).rejects.toThrow('enough')
  })
})

describe('readBlocks', () => {
  it('gives the bytes of a file as they lie there, in whole lines, numbered, with the events of a read', async t => {
    const path = join(await tempDir(t), 'app[1].log')
    const content = Array.from({ length: 5000 }, (_, i) => `line ${i}`).join('\n')
    for (const packed of [false, true]) {
      await writeFile(path, packed ? gzipSync(content) : content)
      let [text, lines] = ['', 0]
      const events: string[] = []
      for await (const item of readBlocks(path, { batchBytes: 777 })) {
        if (item.kind === 'event') events.push(item.event)
        if (item.kind !== 'block') continue
        expect([item.offset, item.firstLine, item.cut]).toEqual([text.length, lines + 1, false])
        text += Buffer.from(item.bytes).toString('latin1')
        lines += Buffer.from(item.bytes).toString('latin1').split('\n').length - 1
      }
      expect(text).toBe(content)
      expect(events).toEqual(['opened', 'ended'])
    }
  })

  it('gives pieces of a line that is too long, and does not count lines unless asked', async t => {
    const path = join(await tempDir(t), 'app.log')
    await writeFile(path, `one\n${'x'.repeat(250_000)}\ntwo\n`)
    const pieces: unknown[] = []
    for await (const item of readBlocks(path, { batchBytes: 1000, maxLineBytes: 100_000, countLines: false })) {
      if (item.kind === 'block') pieces.push([item.offset, item.bytes.length, item.cut, item.firstLine])
    }
    expect(pieces).toEqual([
      [0, 4, false, 0],
      [4, 100_000, true, 0],
      [100_004, 100_000, true, 0],
      [200_004, 50_005, false, 0],
    ])
    expect(() => readBlocks(path, { maxLineBytes: 1000 })).toThrow(RangeError)
  })

  it('reads into the buffers that it is given, by turns', async t => {
    const path = join(await tempDir(t), 'app.log')
    const content = Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join('')
    await writeFile(path, content)
    const memory = new Uint8Array(100_000)
    const buffers = (size: number) => [memory.subarray(0, size), memory.subarray(size, 2 * size)] as const
    const starts = new Set<boolean>()
    let text = ''
    for await (const item of readBlocks(path, { batchBytes: 10_000, buffers })) {
      if (item.kind !== 'block') continue
      expect(item.bytes.buffer).toBe(memory.buffer)
      starts.add(item.bytes.byteOffset < 20_000)
      text += Buffer.from(item.bytes).toString('latin1')
    }
    expect(text).toBe(content)
    expect(starts.size).toBe(2)
  })

  it('tells what it cannot read', async t => {
    const items = await collect(readBlocks(join(await tempDir(t), 'none')))
    expect(items).toMatchObject([{ kind: 'event', event: 'failed', detail: { code: 'LF_TAILER_OPEN' } }])
  })
})

describe('readStream', () => {
  it('delivers lines however the bytes arrive', async () => {
    const items = await collect(
      readStream(asyncChunksOf(Buffer.from('one\ntwo\nthree'), [2, 5]), { host: 'h', path: '-' }),
    )
    expect(items.map(text).join('')).toBe('one\ntwo\nthree')
    expect(items.map(item => item.kind)).toEqual(['event', 'lines', 'lines', 'lines', 'event'])
  })
})

describe('toNodeStream', () => {
  it('gives the bytes, and the rest to whoever wants to know', async () => {
    const source = { host: 'h', path: '/x', id: 's' }
    async function* deliveries(): AsyncGenerator<Delivery> {
      yield lineBatch({ source, bytes: Buffer.from('one\n') })
      yield { kind: 'gap', source, from: 4, to: 8, reason: 'truncated' }
      yield lineBatch({ source, bytes: Buffer.from('three\n'), offset: 8 })
    }
    const others: Delivery[] = []
    const chunks = (await toNodeStream(deliveries(), item => others.push(item)).toArray()) as Uint8Array[]
    expect(Buffer.concat(chunks).toString()).toBe('one\nthree\n')
    expect(others).toMatchObject([{ kind: 'gap', from: 4 }])
  })

  it('closes when it is destroyed while it waits for a line, and ends the deliveries', async t => {
    const path = join(await tempDir(t), 'app.log')
    await writeFile(path, 'one\n')
    const following = toNodeStream(follow(path, { host: 'h', from: 'start' }))
    await once(following, 'data')
    following.destroy()
    await once(following, 'close')
    async function* waiting(): AsyncGenerator<Delivery> {
      yield await new Promise<never>(() => {})
    }
    const stream = toNodeStream(waiting())
    stream.read()
    stream.destroy()
    await once(stream, 'close')
    expect(stream.destroyed).toBe(true)
  })
})
