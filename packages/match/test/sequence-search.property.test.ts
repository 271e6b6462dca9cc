import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Lines } from '../src/line-scanner.ts'
import type { Literals } from '../src/literals.ts'
import { SearchMemory } from '../src/search-memory.ts'
import { searchLines, SequenceScanner } from '../src/sequence-scanner.ts'
import { sequenceTables } from '../src/sequence-tables.ts'

const NEWLINE = 10

/** Few different bytes, so that much matches nearly. */
const byte = fc.constantFrom(0x61, 0x62, 0x41, 0x00, 0x71, 0xe1, 0xff)
const byteSet = fc
  .uniqueArray(fc.oneof({ weight: 7, arbitrary: byte }, fc.constant(NEWLINE)), { minLength: 1, maxLength: 3 })
  .map(codes => String.fromCharCode(...codes))
const literals = fc.array(fc.array(byteSet, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 8 })
const line = fc
  .tuple(fc.array(byte, { maxLength: 40 }), fc.integer({ max: 9 }))
  .map(([bytes, isClosed]) => (isClosed || bytes.length === 0 ? [...bytes, NEWLINE] : bytes))

/** Lines as they may be: closed, open, pieces of longer ones. */
const someLines = fc
  .tuple(fc.array(line, { minLength: 1, maxLength: 12 }), fc.boolean())
  .map(([parts, withNewline]): Lines => {
    let end = 0
    const ends = Uint32Array.from(parts, part => (end += part.length))
    return { bytes: Uint8Array.from(parts.flat()), ends, withNewline }
  })

/** The same, said as simply as possible. */
function expectedLines(needles: Literals, { bytes, ends, withNewline }: Lines): number[] {
  return [...ends.keys()].filter(index => {
    const from = index === 0 ? 0 : (ends[index - 1] as number)
    const whole = [...bytes.subarray(from, ends[index])]
    const text = !withNewline && whole.at(-1) === NEWLINE ? whole.slice(0, -1) : whole
    return needles.some(needle =>
      text.some(
        (_, at) =>
          at + needle.length <= text.length &&
          needle.every((set, i) => set.includes(String.fromCharCode(text[at + i] as number))),
      ),
    )
  })
}

const memory = SearchMemory.create(100_000) as SearchMemory

/** `undefined` when the search leaves it to others. */
function searched(needles: Literals, lines: Lines, sample = lines.bytes): number[] | undefined {
  memory.use({}, () => sequenceTables(needles, sample))
  const found = new Uint32Array(lines.ends.length)
  const count = searchLines(memory, lines, found)
  return count === -1 ? undefined : [...found.subarray(0, count)]
}

function hasPieces({ bytes, ends }: Lines): boolean {
  return ends.subarray(0, -1).some(end => bytes[end - 1] !== NEWLINE)
}

describe('the search in WebAssembly', () => {
  it('finds the lines that hold one of the literals, whatever the sample', () => {
    fc.assert(
      fc.property(literals, someLines, fc.uint8Array({ maxLength: 50 }), (needles, lines, sample) => {
        const expected = expectedLines(needles, lines)
        for (const found of [searched(needles, lines), searched(needles, lines, sample)]) {
          if (found === undefined) expect(hasPieces(lines)).toBe(true)
          else expect(found).toEqual(expected)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('is not misled by what is left in its memory', () => {
    const needles = [['a', 'b', 'c', 'd']]
    const long = new TextEncoder().encode('abcd'.repeat(10))
    for (let to = 0; to < long.length; to++) {
      searched(needles, { bytes: long, ends: Uint32Array.of(long.length), withNewline: false })
      const bytes = new TextEncoder().encode(`${'x'.repeat(to)}abc`)
      expect(searched(needles, { bytes, ends: Uint32Array.of(bytes.length), withNewline: false })).toEqual([])
    }
  })

  it('finds a literal at each place of a text', () => {
    for (let at = 0; at < 70; at++) {
      const bytes = new TextEncoder().encode(`${'x'.repeat(at)}aBCd`)
      const lines = { bytes, ends: Uint32Array.of(bytes.length), withNewline: false }
      expect(searched([['a', 'Bb', 'Cc', 'd']], lines)).toEqual([0])
    }
  })

  it('gives up when comparing takes too long', () => {
    const bytes = new Uint8Array(100_000).fill(0x61)
    const lines = { bytes, ends: Uint32Array.of(bytes.length), withNewline: false }
    const needle = [...Array.from({ length: 63 }, () => 'a'), 'b']
    // In the sample it is the b that is common.
    memory.use({}, () => sequenceTables([needle], new Uint8Array(100).fill(0x62)))
    expect(searchLines(memory, lines, new Uint32Array(1))).toBe(-1)
  })
})

describe('SequenceScanner', () => {
  it('leaves to its fallback what is small, huge or slow, and comes back', () => {
    const asked: number[] = []
    const fallback = { scan: ({ bytes }: Lines) => asked.push(bytes.length) * 0 }
    const needle = [...Array.from({ length: 63 }, () => 'a'), 'b']
    const scanner = new SequenceScanner({ literals: [needle], fallback: () => fallback })
    const scan = (length: number, fill: number): number =>
      scanner.scan(
        { bytes: new Uint8Array(length).fill(fill), ends: Uint32Array.of(length), withNewline: false },
        new Uint32Array(1),
      )
    scan(10, 0x62)
    scan(5_000_000, 0x62)
    scan(10_000, 0x62)
    expect(asked).toEqual([10, 5_000_000])
    scan(10_001, 0x61)
    expect(asked).toEqual([10, 5_000_000, 10_001])
    for (let i = 0; i < 200; i++) scan(10_002, 0x62)
    expect(asked.length).toBeLessThan(100)
  })
})
