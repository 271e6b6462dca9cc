import { afterEach, describe, expect, it, vi } from 'vitest'
import { ENGINES, loadEngine } from './engines.ts'
import recorded from './go-answers.json' with { type: 'json' }
import { comparable, ourAnswer } from './our-answer.ts'
import type { Answer } from './go-regexp.ts'

/** Pattern, text as latin1, and what Go 1.26 said: an error, or the two answers of `go-regexp.ts`. */
const rows = recorded as unknown as readonly (
  readonly [string, string, string] | readonly [string, string, boolean, boolean]
)[]

function goAnswer(row: (typeof rows)[number]): Answer {
  return row.length === 3 ? row[2] : { matches: row[2], matchesWithNewline: row[3] }
}

describe.each(ENGINES)('compilePattern with %s', name => {
  afterEach(() => void vi.unstubAllGlobals())

  it(`gives the ${rows.length} answers that were recorded from Go's regexp`, async () => {
    const engine = await loadEngine(name)
    const differences = rows
      .map(row => {
        const text = new Uint8Array(Buffer.from(row[1], 'latin1'))
        return { row, go: comparable(goAnswer(row)), ours: comparable(ourAnswer({ pattern: row[0], text }, engine)) }
      })
      .filter(({ go, ours }) => JSON.stringify(go) !== JSON.stringify(ours))
    expect(rows.length).toBeGreaterThan(200)
    expect(differences).toEqual([])
  })
})
