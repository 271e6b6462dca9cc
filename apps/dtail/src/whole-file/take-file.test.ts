import { once } from 'node:events'
import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { compilePattern } from '@logflow/match'
import { parsePattern, formatPattern } from '@logflow/protocol'
import { systemClock } from '@logflow/core'
import { tempDir, type Cleanup } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { defaultConfig } from '../config/dtail-config.ts'
import { Limiter } from '../limiter.ts'
import { BlockWriter } from '../output/block-writer.ts'
import { DtailLog } from '../output/dtail-log.ts'
import { takeFile } from './take-file.ts'

const MAX = 1024 * 1024

/** Takes what is written a little later, as a pipe does; a block that is used again too early would show. */
class SlowSink extends Writable {
  readonly taken: Buffer[] = []
  constructor() {
    super({ highWaterMark: 1 })
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    setImmediate(() => {
      this.taken.push(Buffer.from(chunk))
      done()
    })
  }
}

interface Taken {
  readonly output: Buffer
  readonly left: Awaited<ReturnType<typeof takeFile>>
  readonly cuts: number
}

async function take(
  t: Cleanup,
  content: Uint8Array,
  { pattern = '', invert = false, max = 0, duringCut = async (_path: string): Promise<void> => {} } = {},
): Promise<Taken> {
  const path = join(await tempDir(t), 'a.log')
  await writeFile(path, content)
  const sink = new SlowSink()
  const writer = new BlockWriter(sink)
  let cuts = 0
  const command = {
    kind: 'read' as const,
    mode: 'cat' as const,
    path,
    options: { plain: true, quiet: true, max },
    pattern: parsePattern(formatPattern({ pattern, invert })),
  }
  const log = new DtailLog({ level: 'none' })
  const places = { cats: new Limiter(1), tails: new Limiter(1) }
  const left = await takeFile(
    {
      path,
      resolved: path,
      admit: async found => found,
      command,
      context: { hostname: 'earth', config: defaultConfig.Server, log, clock: systemClock, ...places },
      matcher: pattern === '' ? undefined : compilePattern(pattern),
      signal: new AbortController().signal,
      tell: async () => {},
      onCut: async () => {
        cuts++
        await duringCut(path)
      },
    },
    writer,
  )
  await writer.flush()
  sink.end()
  await once(sink, 'finish')
  return { output: Buffer.concat(sink.taken), left, cuts }
}

/** What the lines of the file are, one by one: over-long ones cut, the last one ended. */
function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.flatMap(line => line.match(new RegExp(`[^]{1,${MAX}}`, 'g')) ?? [''])
}

const cases: [string, string][] = [
  ['nothing', ''],
  ['a line without its end', 'hit'],
  ['empty lines', '\n\nhit\n\n'],
  ['lines across blocks', Array.from({ length: 40_000 }, (_, i) => `${i % 7 ? 'miss' : 'hit'} ${i}`).join('\n')],
  ['a line as long as allowed', `${'x'.repeat(MAX - 3)}hit\nhit\n`],
  ['a line one byte too long', `a\n${'x'.repeat(MAX)}hit\nhit`],
  ['long lines one after another', `hit ${'x'.repeat(3 * MAX)}\n${'y'.repeat(2 * MAX)}hit\nhit\n`],
  ['a long line without its end', `hit\n${'x'.repeat(MAX - 2)}hit${'x'.repeat(2 * MAX)}`],
  ['a line that ends with a block', `${'hit '.repeat(65_535)}abc\nhit\n`],
]

describe('takeFile', () => {
  it.for(cases)('writes %s as they are, cut and ended', async ([, text], t) => {
    const { output, left, cuts } = await take(t, Buffer.from(text))
    const lines = linesOf(text)
    expect(output.equals(Buffer.from(lines.map(line => `${line}\n`).join('')))).toBe(true)
    expect(left).toEqual([])
    expect(cuts > 0).toBe(lines.some(line => line.length === MAX) && text !== cases[4]?.[1])
  })

  it.for(cases.flatMap(([name, text]) => ['hit', 'h[iu]t', 'hit\\n', 'i', '^hit'].map(p => [name, p, text] as const)))(
    'chooses of %s what %j matches, and the rest',
    async ([, pattern, text], t) => {
      for (const invert of [false, true]) {
        const { output } = await take(t, Buffer.from(text), { pattern, invert })
        const expected = withNewlines(text).filter(line => new RegExp(pattern).test(line) !== invert)
        const ended = expected.map(line => (line.endsWith('\n') ? line : `${line}\n`)).join('')
        expect(output.equals(Buffer.from(ended))).toBe(true)
      }
    },
  )

  it('keeps bytes that are no text', async t => {
    const bytes = Buffer.from(Array.from({ length: 600_000 }, (_, i) => (i * 7919) % 251))
    const { output } = await take(t, bytes)
    expect(output.equals(Buffer.concat([bytes, Buffer.from('\n')]))).toBe(true)
  })

  it.for(['', 'hit'])(
    'unfolds packed files by what they begin with, and takes of them what %j matches',
    async (pattern, t) => {
      const text = cases.map(([, one]) => one).join('\n')
      const plain = await take(t, Buffer.from(text), { pattern })
      const members = [gzipSync(text.slice(0, 1_000_000)), gzipSync(text.slice(1_000_000))]
      const packed = await take(t, Buffer.concat(members), { pattern })
      expect(packed.output.equals(plain.output)).toBe(true)
      expect([packed.left, packed.cuts]).toEqual([[], plain.cuts])
      // What only looks packed is as it is.
      const lookalike = Buffer.concat([Buffer.of(0x1f, 0x8b, 0x20), Buffer.from(' hit\n')])
      expect((await take(t, lookalike, { pattern })).output.equals(lookalike)).toBe(true)
    },
  )

  it('shows what a packed file holds up to where it is damaged, and says that it is', async t => {
    const { output, left } = await take(t, gzipSync('hit\n'.repeat(1000)).subarray(0, -6))
    expect(output.toString()).toBe('hit\n'.repeat(1000))
    expect(left).toMatchObject([{ kind: 'event', event: 'failed' }])
  })

  it.for(['', 'hit', 'h[iu]t$'])('passes a line of 64 MiB on in pieces where %j is wanted', async (pattern, t) => {
    const line = Buffer.alloc(64 * MAX, 'x')
    const { output, left } = await take(t, Buffer.concat([line, Buffer.from('hit\nhit')]), { pattern })
    const last = Buffer.from(pattern === '' ? 'hit\nhit\n' : pattern === 'hit' ? 'hit\nhit\n' : 'hit\n')
    expect(output.subarray(-last.length).equals(last)).toBe(true)
    expect(output.length).toBe(last.length + (pattern === '' ? 64 * (MAX + 1) : 0))
    expect(left).toEqual([])
  })

  it('leaves context and limits to the other way', async t => {
    expect((await take(t, Buffer.from('hit\n'), { pattern: 'hit', max: 1 })).left).toBeUndefined()
  })

  it('tells what is missing of a file that shrinks while it is read', async t => {
    const text = `${'x'.repeat(MAX + 1)}\n${'hit\n'.repeat(MAX)}`
    const { left } = await take(t, Buffer.from(text), { duringCut: path => truncate(path, MAX) })
    expect(left).toMatchObject([{ kind: 'gap', to: text.length, reason: 'truncated' }])
  })
})

/** The pieces of the lines with the newlines that are in the file. */
function withNewlines(text: string): string[] {
  const pieces = text.split(/(?<=\n)/).filter(line => line !== '')
  return pieces.flatMap(line => line.match(new RegExp(`[^\\n]{1,${MAX}}\\n?|\\n`, 'g')) ?? [])
}
