import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PackedTexts } from './packed-texts.ts'

describe('PackedTexts', () => {
  it.each([false, true])('keeps what a map would keep, however often texts are replaced; in groups: %s', grouped => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constant('x'.repeat(100_000)),
      fc.constant('y'.repeat(600_000)),
    )
    const step = fc.tuple(fc.integer({ min: 0, max: 5 }).map(String), fc.option(text, { nil: undefined }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const [packed, map] = [new PackedTexts({ grouped }), new Map<string, string>()]
        const groupOf = (key: string): string => (grouped ? `${(map.get(key) as string).length % 3}` : '')
        for (const [key, value] of steps) {
          if (value === undefined) packed.delete(key)
          else packed.set(key, value, `${value.length % 3}`)
          if (value === undefined) map.delete(key)
          else map.set(key, value)
          expect(packed.size).toBe(map.size)
          for (const [other, kept] of map) expect(packed.get(other)).toBe(kept)
        }
        const order = [...packed.keys()]
        expect([...order].sort()).toEqual([...map.keys()].sort())
        expect([...packed.entries()]).toEqual(order.map(key => [key, map.get(key), groupOf(key)]))
        for (const group of grouped ? ['0', '1', '2', 'none'] : []) {
          const keys = order.filter(key => groupOf(key) === group)
          expect([packed.keysOf(group), packed.hasGroup(group)]).toEqual([keys, keys.length > 0])
        }
        for (const key of order) expect(packed.groupOf(key)).toBe(groupOf(key))
      }),
      { numRuns: 50 },
    )
  })

  it('gives every key that stays, once, in the order of the last change, while others come and go', () => {
    const packed = new PackedTexts()
    for (let i = 0; i < 1000; i++) packed.set(`stays ${i}`, 'x'.repeat(100))
    packed.set('stays 0', 'last')
    const seen: string[] = []
    for (const key of packed.keys()) {
      if (key.startsWith('stays')) seen.push(key)
      // More than the memory that lives: places change.
      for (let i = 0; i < 10 && seen.length < 200; i++) packed.set('moves', 'y'.repeat(10_000))
      if (seen.length === 300) packed.delete('moves')
    }
    expect(seen).toEqual([...Array.from({ length: 999 }, (_, i) => `stays ${i + 1}`), 'stays 0'])
  })

  it('tells how a text begins', () => {
    const packed = new PackedTexts()
    packed.set('a', 'été 2026\nrest')
    expect(packed.beginsWith('a', 'été 2026\n')).toBe(true)
    expect(packed.beginsWith('a', 'été 2027\n')).toBe(false)
    expect(packed.beginsWith('b', '')).toBe(false)
  })

  it('puts another end in the place of one that is there', () => {
    const packed = new PackedTexts()
    packed.set('a', 'été -')
    expect(packed.replaceEnd('a', '-', '+')).toBe(true)
    expect(packed.replaceEnd('a', '-', '+')).toBe(false)
    expect(packed.replaceEnd('b', '-', '+')).toBe(false)
    expect(packed.get('a')).toBe('été +')
  })
})
