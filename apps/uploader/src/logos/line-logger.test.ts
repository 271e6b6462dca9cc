import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@logflow/core'
import { LogosBuckets } from '@logflow/ratelimit'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cleanLine } from './clean-line.ts'
import { levelOf } from './level.ts'
import { LineCutter } from './line-cutter.ts'
import { LineLogger } from './line-logger.ts'
import { MAX_RECORD_BYTES, RecordWriter } from './record-writer.ts'

let folder: string
let fd: number
let nowMs: number
let logger: LineLogger

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logos-'))
  fd = openSync(join(folder, 'out'), 'w')
  nowMs = 1000
  const clock: Clock = { now: () => nowMs, monotonicMs: () => nowMs, sleep: () => Promise.resolve() }
  const writer = new RecordWriter(fd, 'fac', text => expect.fail(text))
  logger = new LineLogger(writer, new LogosBuckets({ bytesPerBurst: 50_000 }), { clock })
})
afterEach(() => {
  closeSync(fd)
  rmSync(folder, { recursive: true })
})

/** What was written since the start, a record per line. */
function records(): string[] {
  return readFileSync(join(folder, 'out'), 'latin1').split('\n').slice(0, -1)
}

const sp = (count: number): string => ' '.repeat(count)
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1')

describe('LineLogger', () => {
  it('labels lines with a level and writes them as they complete', () => {
    logger.push(Buffer.from('a\nErROR: b\nw: c'))
    expect(records()).toEqual(['<7>fac: a', '<3>fac: ErROR: b'])
    logger.push(Buffer.from('\n\n'))
    expect(records().slice(2)).toEqual(['<4>fac: w: c', '<7>fac: '])
  })

  it('expands tabs, drops carriage returns and shows control bytes', () => {
    logger.push(Buffer.from('a\tb\r\nabba\tbbb\naa\t\tb\tc\n'))
    logger.push(Buffer.concat([Buffer.from(Array.from({ length: 33 }, (_, i) => i)), Buffer.from('\n')]))
    expect(records()).toEqual([
      `<7>fac: a${sp(7)}b`,
      `<7>fac: abba${sp(4)}bbb`,
      `<7>fac: aa${sp(14)}b${sp(7)}c`,
      `<7>fac: \\x00\\x01\\x02\\x03\\x04\\x05\\x06\\x07\\x08${sp(4)}`,
      '<7>fac: \\x0b\\x0c\\x0e\\x0f\\x10\\x11\\x12\\x13\\x14\\x15\\x16\\x17\\x18\\x19\\x1a\\x1b\\x1c\\x1d\\x1e\\x1f ',
    ])
  })

  it('cuts a long line, loses no byte of it, and warns after it', () => {
    for (let i = 0; i < 2000; i++) logger.push(Buffer.from(i % 2 ? 'x ' : 'x '))
    logger.push(Buffer.from('\nbooga!'))
    const pieces = records().filter(record => record.startsWith('<7>'))
    expect(pieces.map(piece => piece.length - 8)).toEqual([768, 768, 768, 768, 768, 160])
    expect(pieces.map(piece => piece.slice(8)).join('')).toBe('x '.repeat(2000))
    expect(records().at(-1)).toBe('<4>fac: W: previous log line was split. Use shorter lines.')
    logger.end()
    expect(records().at(-1)).toBe('<7>fac: booga!')
  })

  it('drops what is over the burst limit, says so, and says how much once it is over', () => {
    for (let i = 0; i < 500; i++) logger.push(Buffer.from(`${'x'.repeat(80)}\n`))
    expect(records()).toHaveLength(142)
    expect(records().slice(140)).toEqual([
      '<4>fac: W: burst limit: dropping messages to prevent overflow (83 bytes/sec).',
      '<6>fac: I: burst notice: this log rate is unsustainable (57 bytes/sec).',
    ])
    logger.setMode('restart')
    logger.push(Buffer.from('Awake!\n'))
    expect(records().slice(142)).toEqual([
      '<4>fac: W: burst limit: 360 messages were dropped.',
      '<6>fac: I: burst notice: 360 messages would have been dropped.',
      '<7>fac: Awake!',
    ])
  })

  it('tells at the end of input what is being dropped', () => {
    for (let i = 0; i < 200; i++) logger.push(Buffer.from(`${'x'.repeat(80)}\n`))
    logger.end()
    expect(records()).toContain('<4>fac: W: burst limit: 60 messages were dropped.')
  })

  it('switches limits off and on at once, and only says so when something changed', () => {
    logger.setMode('unlimited')
    logger.setMode('unlimited')
    for (let i = 0; i < 500; i++) logger.push(Buffer.from(`${'x'.repeat(80)}\n`))
    logger.setMode('limited')
    expect(records()).toHaveLength(502)
    expect(records()[0]).toBe('<4>fac: W: SIGUSR1: rate limit disabled.')
    expect(records().at(-1)).toBe('<4>fac: W: SIGUSR2: rate limit re-enabled.')
  })

  it('writes what cleaning made too long for the kernel in pieces that it takes', () => {
    logger.push(Buffer.from(`${'\t'.repeat(767)}\n`))
    const written = records().map(record => record.length + 1)
    expect(Math.max(...written)).toBeLessThanOrEqual(MAX_RECORD_BYTES)
    expect(records().reduce((sum, record) => sum + record.length - 8, 0)).toBe(767 * 8)
  })
})

describe('LineCutter', () => {
  it.each([
    [767, [767]],
    [768, [768, 0]],
    [769, [768, 1]],
    [1536, [768, 768, 0]],
    [1537, [768, 768, 1]],
  ])('cuts a line of %i bytes into %j', (size, pieces) => {
    const lines = new LineCutter().push(Buffer.from(`${'x'.repeat(size)}\n`))
    expect(lines.map(({ bytes }) => bytes.length)).toEqual(pieces)
    expect(lines.map(({ overlong }) => overlong)).toEqual(pieces.map((_, i) => i > 0 && i === pieces.length - 1))
  })

  it('cuts the same wherever the chunks end', () => {
    const input = fc.array(fc.oneof(fc.constant('\n'), fc.string({ maxLength: 900, unit: 'binary-ascii' })), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(input, fc.array(fc.integer({ min: 1, max: 800 }), { minLength: 1, maxLength: 5 }), (parts, sizes) => {
        const bytes = Buffer.from(parts.join(''))
        const whole = new LineCutter()
        const all = [...whole.push(bytes), whole.end()].map(line => text(line?.bytes))
        const cut = new LineCutter()
        const pieces: string[] = []
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] as number
          pieces.push(...cut.push(bytes.subarray(at, (at += size))).map(line => text(line.bytes)))
        }
        expect([...pieces, text(cut.end()?.bytes)]).toEqual(all)
      }),
    )
  })
})

describe('levelOf', () => {
  it.each([
    ['weird: x', 2],
    ['CRITICAL:', 2],
    ['E:x', 3],
    ['warning: x', 4],
    ['n: x', 5],
    ['Info: x', 6],
    ['err: x', 7],
    [' e: x', 7],
    ['e', 7],
    ['', 7],
  ])('of %j is %i', (line, level) => expect(levelOf(Buffer.from(line))).toBe(level))

  it('looks at the cleaned line', () => {
    expect(levelOf(cleanLine(Buffer.from('\re: x')))).toBe(3)
    expect(levelOf(cleanLine(Buffer.from('\te: x')))).toBe(7)
  })
})
