import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatOptions, parseOptions } from '../dtail/options.ts'
import { formatResumePoints, parseResumePoints, RESUME_OPTION } from './resume-points.ts'

const points = fc.record({
  path: fc.string(),
  token: fc.record({
    sourceId: fc.constantFrom('f1:1:2:3:4:5', 'x~r2'),
    offset: fc.maxSafeNat(),
    tailHash: fc.constantFrom('', '256:0123456789abcdef'),
  }),
  size: fc.maxSafeNat(),
  nextLine: fc.maxSafeNat(),
  done: fc.boolean(),
})

describe('resume points', () => {
  it('survive the way through the options of a command', () => {
    fc.assert(
      fc.property(fc.record({ points: fc.array(points), sinceMs: fc.maxSafeNat() }), told => {
        const options = parseOptions(formatOptions({ other: new Map([[RESUME_OPTION, formatResumePoints(told)]]) }))
        expect(parseResumePoints(options.other?.get(RESUME_OPTION) ?? '')).toEqual(told)
      }),
    )
  })

  it('are passed over when they are anything else', () => {
    const one = '["p","lf1,a,1,",9,1,0]'
    expect(parseResumePoints(`[1,${one}]`)?.points).toHaveLength(1)
    const odd = [
      '',
      '{}',
      '[]',
      '[-1]',
      '[1,2]',
      '[1,[]]',
      `[1,${one.replace('lf1', 'lf2')}]`,
      '[1,["p","lf1,a,1,",9,"x"]]',
    ]
    for (const text of odd) expect(parseResumePoints(text), text).toBeUndefined()
    fc.assert(fc.property(fc.string(), text => void parseResumePoints(text)))
  })
})
