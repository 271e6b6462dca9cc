import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { vectors } from '../../test/vectors.ts'
import { formatPattern, parsePattern } from './pattern.ts'

interface Vector {
  readonly pattern: string
  readonly invert: boolean
  readonly text: string
  readonly kind: string
  readonly literal: boolean
}

describe('formatPattern', () => {
  it.each(vectors<Vector[]>('dtail-patterns'))('writes "$pattern" (invert: $invert) as DTail does', vector => {
    expect(formatPattern(vector)).toBe(vector.text)
    const pattern = vector.kind === 'noop' ? '' : vector.pattern
    expect(parsePattern(vector.text)).toEqual({ kind: vector.kind, pattern, literal: vector.literal })
  })
})

describe('parsePattern', () => {
  it('reads what formatPattern wrote', () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (pattern, invert) => {
        const parsed = parsePattern(formatPattern({ pattern, invert }))
        if (parsed.kind !== 'noop') expect(parsed).toMatchObject({ kind: invert ? 'invert' : 'default', pattern })
      }),
    )
  })

  it('lets the first flag count and takes no flags as default', () => {
    expect(parsePattern('regex:invert,default x')).toMatchObject({ kind: 'invert' })
    expect(parsePattern('regex x')).toEqual({ kind: 'default', pattern: 'x', literal: true })
    expect(parsePattern('regex: x')).toMatchObject({ kind: 'default' })
    expect(parsePattern('anything')).toMatchObject({ kind: 'noop' })
  })

  it('does not trust the client that a pattern is literal', () => {
    expect(parsePattern('regex:default,literal a.b')).toMatchObject({ literal: false })
  })

  it('refuses another beginning and unknown flags', () => {
    const refusal = expect.objectContaining({ code: 'LF_PROTOCOL_COMMAND' }) as Error
    expect(() => parsePattern('grep x')).toThrow(refusal)
    expect(() => parsePattern('regex:maybe x')).toThrow(refusal)
  })
})
