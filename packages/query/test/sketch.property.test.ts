import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSketch, Sketch, type SketchCounts } from '../src/sketch.ts'

const magnitude = fc.oneof(fc.double({ min: 1e-12, max: 1e21, noNaN: true }), fc.integer({ min: 1, max: 100_000 }))
const value = fc.oneof(
  magnitude,
  magnitude.map(number => -number),
  fc.constant(0),
)
const percent = fc.double({ min: 0.001, max: 99.999, noNaN: true })

function sketchOf(values: readonly number[]): Sketch {
  const sketch = new Sketch()
  for (const number of values) sketch.add(number)
  return sketch
}

describe('Sketch', () => {
  it('tells quantiles within one percent', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), percent, (values, asked) => {
        const exact = values.toSorted((a, b) => a - b)[Math.floor((asked / 100) * (values.length - 1))] as number
        const error = Math.abs(sketchOf(values).quantile(asked) - exact)
        expect(error).toBeLessThanOrEqual(Math.abs(exact) * 0.01 * (1 + 1e-9))
      }),
      { numRuns: 500 },
    )
  })

  it('is the same however its values were spread, cut and merged', () => {
    const parts = fc.array(fc.array(fc.oneof(value, fc.double()), { maxLength: 30 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(
        parts.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, mixed]) => {
          const merged = new Sketch()
          for (const part of mixed) merged.merge(parseSketch(sketchOf(part).format()) as SketchCounts)
          expect(merged.format()).toBe(sketchOf(all.flat()).format())
          expect(merged.count).toBe(all.flat().filter(number => !Number.isNaN(number)).length)
        },
      ),
    )
  })

  it('counts what is beyond its range at its ends', () => {
    expect(sketchOf([Infinity]).quantile(50) / 1e21).toBeCloseTo(1, 1)
    expect(sketchOf([-1e300]).quantile(50) / -1e21).toBeCloseTo(1, 1)
    expect(sketchOf([1e-300, -0]).quantile(50)).toBe(0)
    expect([new Sketch().quantile(50), sketchOf([NaN]).count]).toEqual([0, 0])
  })

  it('has the text that SPEC.md shows', () => {
    const texts = [[], [1, 1, 0], [-10], [100, 102, 106]].map(values => sketchOf(values).format())
    expect(texts).toEqual(['s1;0;;', 's1;1;0,2;', 's1;0;;38,1', 's1;0;6f,1,1,0,1;'])
  })

  it('is no larger than its range', () => {
    const sketch = new Sketch()
    for (let power = -330; power < 308; power += 0.001) sketch.add(10 ** power)
    expect(sketch.format().length).toBeLessThan(20_000)
  })
})

describe('parseSketch', () => {
  it('refuses what is no sketch', () => {
    for (const text of [
      '',
      's1',
      's2;0;;',
      's1;0;;;',
      's1;;;',
      's1;0;1,-1;',
      's1;0;zzzzz,1;',
      's1;-;;',
      's1;1.5;;',
      's1;0;1;x y',
    ])
      expect(parseSketch(text)).toBeUndefined()
    fc.assert(fc.property(fc.string(), text => void parseSketch(text)))
    expect(parseSketch(new Sketch().format())).toEqual({ zeros: 0, positive: [], negative: [] })
  })
})
