import { describe, expect, it } from 'vitest'
import { compilePattern, MatchError } from '../src/index.ts'

/** Patterns that make other engines run for ever, or out of memory. */
const bombs = [
  '(a+)+$',
  '(a|a)*$',
  '(a|aa)+$',
  '(.*)*x',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(a?){500}a{500}',
  '(.*a){100}',
  '(x+x+)+y',
  '((a{10}){10}){10}',
  '(a{0,30}){0,30}b',
  '((a{100}){100}){100}',
  '[a-q][^u-z]{13}x',
  '([a-z]+)*\\1',
  `${'(a*'.repeat(249)}${')*'.repeat(249)}b`,
  `${'(a|b'.repeat(5000)}`,
  'a{1000}b{1000}c{1000}d{1000}e{1000}f{1000}',
  '(\\pL{1000}|\\PL{1000}){5}',
  '[^a]{1000}'.repeat(1000),
  `(${'a?'.repeat(4000)})`,
  '(|a){1000}'.repeat(10),
]

/** What a matcher may keep: its automata, its program, the tables of the parser. */
const MOST_BYTES = 64 * 1024 * 1024

function memoryBytes(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

describe('compilePattern on pattern bombs', () => {
  it.each(bombs)('refuses %s or answers in linear time and bounded memory', pattern => {
    const text = new TextEncoder().encode(`${'a'.repeat(50_000)}!`)
    const before = memoryBytes()
    const start = performance.now()
    try {
      const matcher = compilePattern(pattern)
      matcher.test(text)
      const search = matcher.searchBlocks({ textBytes: text.length })
      search.text.set(text)
      search.choose(0, text.length)
    } catch (error) {
      expect(error).toBeInstanceOf(MatchError)
    }
    // Generous, since machines are slow at times: a backtracking engine would need years.
    expect(performance.now() - start).toBeLessThan(30_000)
    expect(memoryBytes() - before).toBeLessThan(MOST_BYTES)
  })
})
