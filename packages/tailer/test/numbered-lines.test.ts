import { lineBatch, type Source } from '@logflow/core'
import { describe, expect, it } from 'vitest'
import { NumberedLinesCheck, numberedLine } from './numbered-lines.ts'

/** What is wrong with these texts, each of which is a batch of its own. */
function wrongIn(texts: readonly string[], written: number): Record<string, readonly number[]> {
  const check = new NumberedLinesCheck()
  for (const text of texts) {
    check.take(lineBatch({ source: { host: 'h', path: '/log/app.log', id: 'a' }, bytes: Buffer.from(text) }))
  }
  const { foreign, late, jumps, torn } = check
  return { foreign, late, jumps, torn, missing: check.missing(written) }
}

const lines = (...numbers: number[]): string => numbers.map(numberedLine).join('')

describe('NumberedLinesCheck', () => {
  it('finds nothing wrong with all lines in order', () => {
    expect(wrongIn([lines(0, 1), lines(2)], 3)).toEqual({ foreign: [], late: [], jumps: [], torn: [], missing: [] })
  })

  it('tells what is missing, late, twice, or not as it was written', () => {
    expect(wrongIn([lines(0, 2)], 3)).toMatchObject({ missing: [1], jumps: [2] })
    expect(wrongIn([lines(0, 2, 1)], 3)).toMatchObject({ missing: [], late: [1] })
    expect(wrongIn([lines(0, 1, 1)], 2)).toMatchObject({ foreign: [1] })
    expect(wrongIn([lines(0), '1 yyy\n'], 2)).toMatchObject({ foreign: [1] })
  })

  it('takes the beginning of a line where nothing comes after it', () => {
    expect(wrongIn([lines(0), numberedLine(1).slice(0, 4)], 2)).toMatchObject({ foreign: [], torn: [], missing: [1] })
    expect(wrongIn([lines(0), numberedLine(1).slice(0, 4), lines(2)], 3)).toMatchObject({ torn: [1] })
  })

  it('tells what each source lost, and what a gap told of it', () => {
    const check = new NumberedLinesCheck()
    const source = (id: string): Source => ({ host: 'h', path: '/log/app.log', id })
    const take = (id: string, text: string): void =>
      check.take(lineBatch({ source: source(id), bytes: Buffer.from(text) }))
    take('b', lines(4, 5))
    take('a', lines(0, 1) + numberedLine(2).slice(0, 4))
    check.takeGap({ kind: 'gap', source: source('a'), from: 10, to: 13, reason: 'truncated' })
    const lost = lines(0, 1, 2, 3).length - lines(0, 1).length - 4
    expect(check.losses(7)).toEqual([
      { told: 3, lost },
      { told: 0, lost: numberedLine(6).length },
    ])
  })
})
