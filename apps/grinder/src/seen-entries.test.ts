import { describe, expect, it } from 'vitest'
import { MAX_EPOCHS } from './limits.ts'
import { SeenEntries } from './seen-entries.ts'

describe('SeenEntries', () => {
  it('knows an entry again, by stream, epoch and sequence, also after it was saved', () => {
    const seen = new SeenEntries()
    expect(seen.add('a', { epoch: 'x', sequence: 5 })).toBe(true)
    const later = new SeenEntries(seen.save())
    expect(later.add('a', { epoch: 'x', sequence: 5 })).toBe(false)
    expect(later.add('a', { epoch: 'x', sequence: 4 })).toBe(false)
    expect(later.add('a', { epoch: 'x', sequence: 6 })).toBe(true)
    expect(later.add('a', { epoch: 'y', sequence: 1 })).toBe(true)
    expect(later.add('b', { epoch: 'x', sequence: 5 })).toBe(true)
  })

  it('remembers a bounded number of epochs', () => {
    const seen = new SeenEntries()
    for (let i = 0; i < MAX_EPOCHS * 2; i++) seen.add('a', { epoch: `e${i}`, sequence: 1 })
    expect(seen.save()[0]?.[1]).toHaveLength(MAX_EPOCHS)
  })
})
