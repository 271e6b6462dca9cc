import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, cuts, decodeInPieces, outcome } from '../../test/pieces.ts'
import { encodeFrame } from '../native/frame.ts'
import {
  encodeReplyBytesHeader,
  encodeTailsrvReply,
  REPLY_KINDS,
  TailsrvReplyDecoder,
  type TailsrvReply,
} from './reply.ts'

const id = fc.stringMatching(/^[a-z0-9-]{1,20}$/)
const offset = fc.maxSafeNat()
const replies: fc.Arbitrary<TailsrvReply> = fc.oneof(
  fc.record({ kind: fc.constant('accepted'), offset, sourceId: id }),
  fc.record({ kind: fc.constant('bytes'), bytes: fc.uint8Array({ maxLength: 50 }) }),
  fc
    .tuple(offset, offset, fc.constantFrom('truncated', 'rotated', 'limit', 'missed'))
    .map(([a, b, reason]) => ({ kind: 'gap', from: Math.min(a, b), to: Math.max(a, b), reason }) as const),
  fc.record({ kind: fc.constant('position'), token: fc.record({ sourceId: id, offset, tailHash: fc.constant('') }) }),
  fc.record({ kind: fc.constant('ended'), reason: fc.constantFrom('rotated', 'truncated', 'gone', 'stopping') }),
  fc.record({ kind: fc.constant('refused'), text: fc.string({ unit: 'binary', maxLength: 40 }) }),
)

describe('TailsrvReplyDecoder', () => {
  it('yields the same replies however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(replies, { maxLength: 8 }), cuts, (sent, sizes) => {
        expect(decodeInPieces(new TailsrvReplyDecoder(), concat(sent.map(encodeTailsrvReply)), sizes)).toEqual(sent)
      }),
    )
  })

  it('takes bytes that were sent behind a header of their own', () => {
    const bytes = Uint8Array.of(1, 2, 3)
    const stream = concat([encodeReplyBytesHeader(3), bytes])
    expect(decodeInPieces(new TailsrvReplyDecoder(), stream, [4])).toEqual([{ kind: 'bytes', bytes }])
  })

  it.each([
    ['an unknown kind', 99, [], 'LF_PROTOCOL_UNKNOWN_KIND'],
    ['a gap that is too short', REPLY_KINDS.gap, [1], 'LF_PROTOCOL_MALFORMED'],
    ['a gap that is too long', REPLY_KINDS.gap, Array<number>(18).fill(0), 'LF_PROTOCOL_FRAME_TOO_LARGE'],
    ['an offset beyond 2^53', REPLY_KINDS.accepted, Array<number>(8).fill(255), 'LF_PROTOCOL_MALFORMED'],
    ['no token', REPLY_KINDS.position, [65], 'LF_PROTOCOL_MALFORMED'],
    ['an unknown end', REPLY_KINDS.ended, [65], 'LF_PROTOCOL_MALFORMED'],
    ['text that is not UTF-8', REPLY_KINDS.refused, [255], 'LF_PROTOCOL_MALFORMED'],
  ])('refuses %s', (_what, kind, body, code) => {
    const frame = encodeFrame({ kind, flags: 0, body: Uint8Array.from(body) })
    expect(outcome(new TailsrvReplyDecoder(), frame, [64])).toEqual({ values: [], code })
  })

  it('makes the same of garbage however it is cut', () => {
    const kinds = fc.integer({ min: 15, max: 22 })
    const garbage = fc.array(fc.tuple(kinds, fc.uint8Array({ maxLength: 20 })), { maxLength: 4 })
    fc.assert(
      fc.property(garbage, fc.nat(100), cuts, (frames, cutOff, sizes) => {
        const bytes = concat(frames.map(([kind, body]) => encodeFrame({ kind, flags: 0, body })))
        const part = bytes.subarray(0, Math.max(0, bytes.length - (cutOff > 50 ? 0 : cutOff)))
        const once = outcome(new TailsrvReplyDecoder(), part, [part.length + 1])
        expect(outcome(new TailsrvReplyDecoder(), part, sizes)).toEqual(once)
      }),
    )
  })
})
