import { describe, expect, it } from 'vitest'
import { judgeRotation, type NamedFacts, type RotationVerdict } from './rotation.ts'

const named = (inodeKey: string, size: number): NamedFacts => ({
  inodeKey,
  size,
  birthNs: 1n,
  mtimeNs: 1n,
  isFile: true,
})

describe('judgeRotation', () => {
  it('has one verdict for every combination of what is held and what the path names', () => {
    const known = { fileKey: 'a@1', changed: false }
    const held = [undefined, known, { ...known, changed: true }, { ...known, away: true }]
    const paths = [undefined, named('a', 5), named('a', 0), named('b', 0), named('b', 5)]
    const table = held.map(facts => paths.map(path => judgeRotation(facts, path)))
    const expected: RotationVerdict[][] = [
      ['absent', 'born', 'born', 'born', 'born'],
      ['gone', 'same', 'same', 'pending', 'replaced'],
      ['truncated', 'truncated', 'truncated', 'truncated', 'truncated'],
      ['away', 'same', 'same', 'pending', 'replaced'],
    ]
    expect(table).toEqual(expected)
  })
})
