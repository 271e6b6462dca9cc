import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ENGINES, loadEngine } from './engines.ts'
import { askGo, hasGo, type Answer, type Pair } from './go-regexp.ts'
import { packAnswers, unpackAnswers, type PackedAnswers } from './packed-answers.ts'
import { comparable, ourAnswer } from './our-answer.ts'
import { randomPairs } from './random-patterns.ts'

const SEED = 20_261_121
const PAIRS = 10_000
const withGo = hasGo()
const file = new URL('go-conformance.json', import.meta.url)

const pairs = randomPairs(PAIRS, SEED)

/** What Go said when `UPDATE_GO_ANSWERS=1 vitest run packages/match` was run last, on the same pairs. */
function recordedAnswers(): Answer[] {
  return unpackAnswers(JSON.parse(readFileSync(file, 'utf8')) as PackedAnswers)
}

function differences(goes: readonly Answer[], ours: readonly (Answer | undefined)[]): unknown[] {
  const describePair = ({ pattern, text }: Pair | { pattern?: string; text?: Uint8Array }): object => ({
    pattern,
    text: Buffer.from(text ?? []).toString('latin1'),
  })
  return goes
    .map((go, i) => ({ ...describePair(pairs[i] ?? {}), go: comparable(go), ours: ours[i] }))
    .filter(({ go, ours }) => ours !== undefined && JSON.stringify(go) !== JSON.stringify(ours))
}

describe('the recorded answers', () => {
  const title = `are those of Go's regexp to ${PAIRS} pairs of pattern and text`
  it(
    withGo ? title : `NOT COMPARED with Go itself: go is not on the PATH`,
    { timeout: 180_000 },
    async ({ annotate }) => {
      if (!withGo)
        return void (await annotate('go is not on the PATH: what it said on another machine holds', 'warning'))
      const goes = await askGo(pairs)
      if (process.env.UPDATE_GO_ANSWERS) writeFileSync(file, `${JSON.stringify(packAnswers(goes))}\n`)
      expect(recordedAnswers()).toEqual(goes)
      const outcomes = goes.map(answer =>
        typeof answer === 'string' ? 'refused' : answer.matches ? 'matched' : 'not matched',
      )
      await annotate(
        ['refused', 'matched', 'not matched']
          .map(one => `${one}: ${outcomes.filter(o => o === one).length}`)
          .join(', '),
      )
    },
  )
})

describe.each(ENGINES)('compilePattern with %s', name => {
  afterEach(() => void vi.unstubAllGlobals())

  it(`answers ${PAIRS} random pairs of pattern and text as Go's regexp does`, { timeout: 120_000 }, async () => {
    const engine = await loadEngine(name)
    const ours = pairs.map(pair => comparable(ourAnswer(pair, engine)))
    expect(differences(recordedAnswers(), ours)).toEqual([])
    // Patterns over our own limits are few.
    expect(ours.filter(answer => answer === undefined).length).toBeLessThan(PAIRS / 100)
  })
})
