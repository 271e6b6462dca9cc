import { expect, it } from 'vitest'
import { NumberedLines } from './numbered-lines.ts'

it('knows which lines are missing and which came twice, however they are cut', () => {
  const lines = new NumberedLines(5)
  for (const chunk of ['0001 a\n00', '02 b\n', '0001 a\n0004', ' d\ntorn\n0099 z\n0005 e'])
    lines.push(Buffer.from(chunk))
  expect([lines.missing, lines.repeated]).toEqual([2, 1])
})
