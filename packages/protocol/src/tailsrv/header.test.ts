import { formatResumeToken } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cuts, latin1, outcome } from '../../test/pieces.ts'
import { vectors } from '../../test/vectors.ts'
import { formatTailsrvHeader, resolveStart, TailsrvHeaderDecoder, type TailsrvRequest } from './header.ts'

interface Vector {
  readonly header: string
  readonly request?: TailsrvRequest
  readonly code?: string
}

/** The first request and, when it failed, the code; the decoder would give the request again and again. */
function decode(
  header: Uint8Array,
  sizes: readonly number[],
  limit?: number,
): { request: TailsrvRequest | undefined; code: string } {
  const decoder = new TailsrvHeaderDecoder(limit)
  let request: TailsrvRequest | undefined
  const { code } = outcome(
    {
      push: chunk => decoder.push(chunk),
      read: () => {
        request = decoder.read()
        return undefined
      },
      end: () => decoder.end(),
    },
    header,
    sizes,
  )
  return { request, code }
}

describe('TailsrvHeaderDecoder', () => {
  it.each(vectors<Vector[]>('tailsrv-headers'))('reads $header', ({ header, request, code = '' }) => {
    for (const size of [1, 3, 100]) expect(decode(latin1(header), [size])).toEqual({ request, code })
  })

  it('ignores whatever follows the header', () => {
    const decoder = new TailsrvHeaderDecoder(8)
    decoder.push(latin1('5\nmore'))
    const request = decoder.read()
    decoder.push(latin1('and much more than the limit'))
    expect(request).toEqual({ kind: 'offset', offset: 5 })
    expect(decoder.read()).toBe(request)
    expect(() => decoder.end()).not.toThrow()
  })

  it('refuses a header over the limit before its end', () => {
    expect(decode(latin1('1'.repeat(17)), [4], 16)).toEqual({ request: undefined, code: 'LF_PROTOCOL_FRAME_TOO_LARGE' })
  })

  it('reports a connection that ends inside the header', () => {
    expect(decode(latin1('12'), [1])).toEqual({ request: undefined, code: 'LF_PROTOCOL_TRUNCATED' })
  })

  it('makes the same of garbage however it is cut', () => {
    const garbage = fc.uint8Array({ maxLength: 60 }).map(bytes => bytes.map(byte => (byte % 7 === 0 ? 10 : byte)))
    fc.assert(
      fc.property(garbage, cuts, (bytes, sizes) => {
        expect(decode(bytes, sizes)).toEqual(decode(bytes, [bytes.length + 1]))
      }),
    )
  })

  it('reads what formatTailsrvHeader wrote', () => {
    const path = fc.stringMatching(/^[a-z/.\u00e4]{1,20}$/)
    const token = fc.record({
      sourceId: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
      offset: fc.maxSafeNat(),
      tailHash: fc.constant('ab'),
    })
    const requests: fc.Arbitrary<TailsrvRequest> = fc.oneof(
      fc.record({ kind: fc.constant('offset'), offset: fc.maxSafeInteger() }),
      fc.constantFrom({ kind: 'list' }, { kind: 'list', long: true }),
      fc.record({ kind: fc.constant('stream'), path }),
      fc.record({ kind: fc.constant('stream'), path, from: fc.maxSafeInteger() }),
      fc.record({ kind: fc.constant('resume'), token: fc.oneof(token, fc.constantFrom('start', 'end')), path }),
    )
    fc.assert(
      fc.property(requests, cuts, (request, sizes) => {
        const header = new TextEncoder().encode(formatTailsrvHeader(request))
        expect(decode(header, sizes)).toEqual({ request, code: '' })
      }),
    )
  })

  it('reads the token of core', () => {
    const token = { sourceId: 'a', offset: 1, tailHash: '' }
    expect(formatTailsrvHeader({ kind: 'resume', token })).toBe(`resume ${formatResumeToken(token)}\n`)
  })
})

describe('formatTailsrvHeader', () => {
  it('refuses a path that would end the header', () => {
    const header = (): string => formatTailsrvHeader({ kind: 'stream', path: 'a\nlist' })
    expect(header).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_UNENCODABLE' }))
  })
})

describe('resolveStart', () => {
  it.each([
    [0, 100, 0],
    [40, 100, 40],
    [140, 100, 140],
    [-40, 100, 60],
    [-140, 100, 0],
    [-1, 0, 0],
  ])('begins for %i in %i bytes at %i', (offset, size, start) => {
    expect(resolveStart(offset, size)).toBe(start)
  })
})
