import { appendFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask } from './asked.ts'
import { cuttingProxy } from './cutting-proxy.ts'
import { follow } from './followed.ts'
import { digest, logText } from './log-text.ts'
import { serving } from './serving.ts'

/** What no message of DTail can carry, or what it would change. */
const ODD = {
  'the terminator': Buffer.from('a\xacb\n\xac\xac\n', 'latin1'),
  '€': Buffer.from('1 € = 1 €\n'),
  NUL: Buffer.from('a\0b\0\n'),
  'invalid UTF-8': Buffer.from([0xff, 0xfe, 10, 0xc3, 10, 0x80]),
  CRLF: Buffer.from('a\r\n\r\nb\r\n'),
  'dots and empty lines': Buffer.from('.syn close connection\n\n.hidden\n\n'),
  'no final newline': Buffer.from('one\ntwo'),
  'an empty file': Buffer.alloc(0),
  'one long line': Buffer.concat([Buffer.alloc(64 * 1024 * 1024, 'x€'), Buffer.from('\nshort\n')]),
}

describe('a native session', () => {
  it.for(Object.entries(ODD))(
    'carries %s to the byte, in every way of reading',
    { timeout: 180_000 },
    async ([, odd], t) => {
      const here = await serving(t)
      const path = join(here.folder, 'odd.log')
      await writeFile(path, odd)
      for (const detail of ['bytes', 'lines'] as const) {
        const cat = await ask(here.server.port, { files: [path] }, { detail })
        expect(digest(cat.bytes)).toBe(digest(odd))
        const ended = { state: 'ended', offset: odd.length, gapBytes: 0 }
        expect(cat.sources).toMatchObject([{ account: ended }])
        const all = { files: [path], mode: 'grep', pattern: 'no such line', invert: true } as const
        const grep = await ask(here.server.port, all, { detail })
        expect(digest(grep.bytes)).toBe(digest(odd))
        const context = await ask(here.server.port, { ...all, options: { before: 1 } }, { detail })
        expect(digest(context.bytes)).toBe(digest(odd))
      }
    },
  )

  it('follows what is written, whatever it is', { timeout: 180_000 }, async t => {
    const here = await serving(t)
    const path = await here.file('live.log', 'before\n')
    const odd = Buffer.concat(Object.values(ODD).filter(({ length }) => length < 100))
    const whole = Buffer.concat([odd, Buffer.from('\nend\n')])
    const { bytes } = await follow(here.server.port, path, {
      write: () => appendFile(path, whole),
      until: bytes => bytes.includes('end\n'),
    })
    expect(bytes.equals(whole)).toBe(true)
  })

  it('says what each line was, and what it is called', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', 'one\ntwo\nthree\n')
    const asked = { files: [`${here.folder}/*.log`], mode: 'grep', pattern: 't' } as const
    const { deliveries, sources } = await ask(here.server.port, asked, { detail: 'lines' })
    expect(deliveries.map(item => (item.kind === 'event' ? item.event : item.kind))).toEqual([
      'opened',
      'lines',
      'ended',
    ])
    const source = { host: 'earth.example.org', path }
    const [offsets, lineNumbers] = [Float64Array.of(4, 8), Float64Array.of(2, 3)]
    expect(deliveries[1]).toMatchObject({ source, offsets, lineNumbers })
    expect(sources).toMatchObject([{ account: { name: 'a.log', size: 14, state: 'ended' } }])
  })

  it('is packed on demand, every byte the same', async t => {
    const here = await serving(t)
    const text = logText(20_000)
    const proxy = await cuttingProxy(t, here.server.port)
    for (const packing of ['zstd', 'gzip'] as const) {
      const native = { packings: [packing], packAlways: true }
      const before = proxy.passedBytes()
      const { bytes } = await ask(proxy.port, { files: [await here.file('a.log', text)] }, { native })
      expect(bytes.toString()).toBe(text)
      expect(proxy.passedBytes() - before).toBeLessThan(text.length * 0.75)
    }
  })

  it('tells what is missing of a file that shrank', async t => {
    const here = await serving(t)
    const text = logText(100_000)
    const path = await here.file('a.log', text)
    const onCut = (): Promise<void> => writeFile(path, 'something else\n')
    const proxy = await cuttingProxy(t, here.server.port, [5_000_000], { onCut })
    const { bytes, sources, failed } = await ask(proxy.port, { files: [path] })
    expect(proxy.cuts()).toBe(1)
    expect(failed).toEqual([])
    expect(sources).toMatchObject([{ account: { offset: text.length, gapBytes: text.length - bytes.length } }])
  })
})

describe('an answer that breaks off', () => {
  const text = logText(150_000)
  const path = (folder: string): string => join(folder, 'a.log')
  const limits = [40_000, 41_000, 400_001, 1_234_567]
  const hits = text
    .split('\n')
    .filter(line => line.includes('hit'))
    .map(line => `${line}\n`)
    .join('')

  it.for([
    ['dcat', { mode: 'cat' }, text],
    ['dgrep', { mode: 'grep', pattern: 'hit' }, hits],
    ['dgrep with context', { mode: 'grep', pattern: 'hit', options: { before: 1, after: 1, max: 9000 } }, undefined],
  ] as const)(
    'goes on without losing or repeating a line: %s',
    { timeout: 180_000 },
    async ([, asked, expected], t) => {
      const here = await serving(t)
      await writeFile(path(here.folder), text)
      const files = [path(here.folder)]
      const whole = expected ?? (await ask(here.server.port, { ...asked, files })).bytes.toString()
      for (const detail of ['bytes', 'lines'] as const) {
        const proxy = await cuttingProxy(t, here.server.port, limits)
        const { bytes, failed } = await ask(proxy.port, { ...asked, files }, { detail })
        expect(failed).toEqual([])
        expect(proxy.cuts()).toBe(limits.length)
        expect(digest(bytes)).toBe(digest(whole))
      }
    },
  )

  it('goes on with a file that was renamed meanwhile, and with the ones behind it', { timeout: 180_000 }, async t => {
    const here = await serving(t, { MaxConcurrentCats: 1 })
    await writeFile(path(here.folder), text)
    const onCut = async (): Promise<void> => {
      await rename(path(here.folder), `${path(here.folder)}.1`)
      await writeFile(path(here.folder), 'new\n')
    }
    const proxy = await cuttingProxy(t, here.server.port, [3_000_000], { onCut })
    const { bytes, sources } = await ask(proxy.port, { files: [path(here.folder)] })
    expect(proxy.cuts()).toBe(1)
    expect(digest(bytes)).toBe(digest(text))
    expect(sources).toMatchObject([{ account: { state: 'ended', gapBytes: 0 } }])
  })

  it('goes on while a file grows and is rotated', { timeout: 180_000 }, async t => {
    const here = await serving(t)
    const live = await here.file('live.log', 'before\n')
    const proxy = await cuttingProxy(t, here.server.port)
    const written = logText(1000)
    const { bytes } = await follow(proxy.port, live, {
      write: async () => {
        for (let part = 0; part < 8; part++) {
          await appendFile(live, logText(125, { from: part * 125 }))
          if (part % 2 === 0) proxy.cut()
          if (part === 3) await rename(live, `${live}.1`)
        }
      },
      until: bytes => bytes.includes('a 999 '),
    })
    expect(proxy.cuts()).toBeGreaterThan(0)
    expect(bytes.toString()).toBe(written)
  })
})
