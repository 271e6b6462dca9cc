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
): { readonly lines: string; readonly from: number; readonly to: number } {
  let [lines, from, to, at] = ['', 0, 0, 0]
  for (const line of linesOf(text)) {
    const start = at
    at += Buffer.byteLength(line)
    if (matcher.test(Buffer.from(withNewline ? line : line.replace(/\n$/, ''))) === invert) continue
    if (lines === '') from = start
    lines += line
    to = at
  }
  return { lines, from, to }
}

function check(pattern: string, texts: readonly string[], choice: { invert: boolean; withNewline: boolean }): void {
  const matcher = compileOrRefuse(pattern)
  if (!matcher) return
  const search = matcher.searchBlocks({ textBytes: 65_536, ...choice })
  for (const text of texts) {
    // Where others were before, and somewhere amid the room.
    const start = 7
    const bytes = Buffer.from(text)
    search.text.set(bytes, start)
    const { lines, from, to } = expected(matcher, text, choice)
    const chosen = search.choose(start, start + bytes.length)
    expect(Buffer.from(chosen.bytes).toString()).toBe(lines)
    if (lines !== '') expect([chosen.from - start, chosen.to - start]).toEqual([from, to])
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
