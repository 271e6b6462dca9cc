import { describe, expect, it } from 'vitest'
import { Alphabet } from './alphabet.ts'
import { Automaton, type Machine } from './automaton.ts'
import { AutomatonScanner, testText } from './automaton-scanner.ts'
import { parsePattern } from './parser.ts'
import { compileProgram } from './program.ts'
import { Utf8Decoder } from './utf8-decoder.ts'

function machine(pattern: string): Machine {
  const program = compileProgram(parsePattern(pattern), 10_000)
  const alphabet = new Alphabet(program)
  return { program, alphabet, decoder: new Utf8Decoder(alphabet) }
}

/** Letters and newlines without a pattern. */
function noise(length: number): Uint8Array {
  let seed = 1
  return Uint8Array.from({ length }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed >>> 24 < 4 ? 10 : 97 + ((seed >>> 24) % 26)
  })
}

describe('Automaton', () => {
  it.each(['[a-q][^u-z]{9}x', 'a.{40}z', '\\bq[a-z]{6,9}\\b', '(?m)^[aeiou].*[aeiou]$', 'é?x.{3}y', '^[a-d]', '[^q]'])(
    'finds the same lines for %s in a large batch as one by one, with a table of a few states as with a large one',
    pattern => {
      const bytes = noise(20_000)
      const ends = Uint32Array.from(
        [...bytes.keys()].filter(i => bytes[i] === 10 || i === bytes.length - 1),
        i => i + 1,
      )
      const text = new Automaton(machine(pattern), { newline: 'text' })
      const expected = [...ends.keys()].filter(index => {
        const to = ends[index] as number
        return testText(text, bytes, { from: ends[index - 1] ?? 0, to: bytes[to - 1] === 10 ? to - 1 : to })
      })
      for (const maxBytes of [1, 2000, 20_000, 8 * 1024 * 1024]) {
        const found = new Uint32Array(ends.length)
        const scanner = new AutomatonScanner(new Automaton(machine(pattern), { newline: 'end', maxBytes }))
        const count = scanner.scan({ bytes, ends, withNewline: false }, found)
        expect([...found.subarray(0, count)]).toEqual(expected)
      }
    },
  )

  it('goes on when not even one state fits the table', () => {
    const automaton = new Automaton(machine('a.{30}z'), { newline: 'text', maxBytes: 1 })
    const bytes = new TextEncoder().encode(`${'a'.repeat(50)}z`)
    expect(testText(automaton, bytes, { from: 0, to: bytes.length })).toBe(true)
  })

  it('keeps the memory of its table bounded', () => {
    const automaton = new Automaton(machine('[a-m].{200}~'), { newline: 'text', maxBytes: 100_000 })
    const bytes = noise(20_000)
    testText(automaton, bytes, { from: 0, to: bytes.length })
    expect(automaton.rows.byteLength).toBeLessThan(200_000)
  })

  it('has one class for bytes that no state tells apart', () => {
    const { decoder } = machine('[0-9]+x')
    // Digits, x, newline, other ASCII and the parts of UTF-8.
    expect(decoder.classBytes.length).toBeLessThan(20)
    expect(decoder.byteClass[0x30]).toBe(decoder.byteClass[0x39])
    expect(decoder.byteClass[0x61]).not.toBe(decoder.byteClass[0x78])
  })
})
