import { describe, expect, it } from 'vitest'
import { nearestName } from './nearest-name.ts'

describe('nearestName', () => {
  it.each([
    ['gerp', ['help', 'grep'], 'grep'],
    ['port', ['path', 'ports'], 'ports'],
    ['PORT', ['port'], 'port'],
    ['maxCleints', ['maxClients', 'maxBytes'], 'maxClients'],
    ['x', ['help'], undefined],
    ['anything else', ['port'], undefined],
    ['ab', [], undefined],
    ['', ['a'], 'a'],
    ['a'.repeat(1_000_000), ['port'], undefined],
  ])('takes %j among %j for %j', (typed, names, meant) => {
    expect(nearestName(typed, names)).toBe(meant)
  })
})
