import { describe, expect, it } from 'vitest'
import { askGo, hasGo } from './go-regexp.ts'
import { comparable, ourAnswer } from './our-answer.ts'
import { randomPairs } from './random-patterns.ts'

const PAIRS = 4000
const withGo = hasGo()

describe('compilePattern beside Go', () => {
  it(
    withGo
      ? `answers ${PAIRS} random pairs of pattern and text as Go's regexp does`
      : `NOT COMPARED with Go's regexp on random pairs: go is not on the PATH`,
    { timeout: 180_000 },
    async ({ annotate }) => {
      const pairs = randomPairs(PAIRS, 20_261_121)
      const ours = pairs.map(pair => comparable(ourAnswer(pair)))
      if (!withGo) {
        await annotate(`go is not on the PATH: ${PAIRS} answers were only checked to agree among themselves`, 'warning')
        return
      }
      const goes = await askGo(pairs)
      const differences = pairs
        .map((pair, i) => ({
          ...pair,
          text: Buffer.from(pair.text).toString('latin1'),
          go: comparable(goes[i]),
          ours: ours[i],
        }))
        .filter(({ go, ours }) => ours !== undefined && JSON.stringify(go) !== JSON.stringify(ours))
      expect(differences).toEqual([])
      await annotate(
        summary(
          goes.map(answer => (typeof answer === 'string' ? 'refused' : answer.matches ? 'matched' : 'not matched')),
        ),
      )
    },
  )
})

function summary(outcomes: readonly string[]): string {
  return ['refused', 'matched', 'not matched']
    .map(outcome => `${outcome}: ${outcomes.filter(one => one === outcome).length}`)
    .join(', ')
}
