import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Matcher } from '../src/index.ts'
import { compileOrRefuse } from './compile-or-refuse.ts'
import { randomPairs } from './random-patterns.ts'

/** Patterns of every kind: literals, several of them, behind a literal, with and without a newline, automata, all lines. */
const PATTERNS = [
  'a',
  'ab',
  '(?i:ab|ba)',
  'a.*b',
  'ab[ab] ',
  'a\\n',
  '^a',
  'b$',
  '(?m:b$)',
  '[^a]b?$',
  'a*',
  '^$',
  'aaaaaaaaab',
]

const parts = fc.array(fc.constantFrom('a', 'b', 'ab', 'ba', ' ', 'é', '\n', '\n', 'a'.repeat(30)), { maxLength: 80 })
const options = fc.record({ invert: fc.boolean(), withNewline: fc.boolean() })

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+/g) ?? []
}

/** The same, line by line. */
function expected(
  matcher: Matcher,
  text: string,
  { invert, withNewline }: { invert: boolean; withNewline: boolean },
): string {
  return linesOf(text)
    .filter(line => matcher.test(Buffer.from(withNewline ? line : line.replace(/\n$/, ''))) !== invert)
    .join('')
}

function check(pattern: string, texts: readonly string[], choice: { invert: boolean; withNewline: boolean }): void {
  const matcher = compileOrRefuse(pattern)
  if (!matcher) return
  const search = matcher.searchBlocks({ textBytes: 65_536, ...choice })
  for (const text of texts) {
    // Where others were before, and somewhere amid the room.
    const from = 7
    const bytes = Buffer.from(text)
    search.text.set(bytes, from)
    const to = from + bytes.length
    const lines = expected(matcher, text, choice)
    expect(Buffer.from(search.choose(from, to)).toString()).toBe(lines)
    const runs = search.runs(from, to)
    const inRuns = runs.map((start, i) =>
      i % 2 === 0 ? bytes.subarray(start - from, (runs[i + 1] as number) - from) : '',
    )
    expect(inRuns.map(String).join('')).toBe(lines)
  }
}

describe.each(['with', 'without'])('a block search %s WebAssembly', kind => {
  beforeEach(() => void (kind === 'without' && vi.stubGlobal('WebAssembly', undefined)))
  afterEach(() => void vi.unstubAllGlobals())

  it('chooses the lines that match one by one, or the others', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PATTERNS),
        fc.array(parts, { maxLength: 4 }),
        options,
        (pattern, texts, choice) => {
          check(
            pattern,
            texts.map(text => text.join('')),
            choice,
          )
        },
      ),
      { numRuns: 600 },
    )
  })

  it('does so for any pattern', () => {
    fc.assert(
      fc.property(fc.nat(0x7fffffff), parts, options, (seed, text, choice) => {
        check(randomPairs(1, seed)[0]?.pattern ?? '', [text.join('')], choice)
      }),
      { numRuns: 400 },
    )
  })
})
