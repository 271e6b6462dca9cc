import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, cuts, decodeInPieces } from '../../test/pieces.ts'
import { encodeFrame, encodeFrameHeader, FrameDecoder } from './frame.ts'

const frames = fc.array(fc.record({ kind: fc.nat(255), flags: fc.nat(255), body: fc.uint8Array({ maxLength: 64 }) }), {
  maxLength: 8,
})

describe('FrameDecoder', () => {
  it('yields the same frames however the stream is cut', () => {
    fc.assert(
      fc.property(frames, cuts, (sent, sizes) => {
        expect(decodeInPieces(new FrameDecoder(), concat(sent.map(encodeFrame)), sizes)).toEqual(sent)
      }),
    )
  })

  it('refuses an oversized frame on its header alone', () => {
    const decoder = new FrameDecoder(16)
    decoder.push(Uint8Array.of(1, 0, 0xff, 0xff, 0xff, 0xff))
    expect(() => decoder.read()).toThrow(
      expect.objectContaining({
        code: 'LF_PROTOCOL_FRAME_TOO_LARGE',
        detail: { kind: 1, length: 0xffff_ffff, limit: 16 },
      }),
    )
  })

  it('has a limit for each kind', () => {
    const decoder = new FrameDecoder(kind => (kind === 1 ? 0 : 8))
    decoder.push(concat([encodeFrameHeader({ kind: 2, flags: 0, length: 8 }), new Uint8Array(8)]))
    expect(decoder.read()).toMatchObject({ kind: 2 })
    decoder.push(encodeFrameHeader({ kind: 1, flags: 0, length: 1 }))
    expect(() => decoder.read()).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_FRAME_TOO_LARGE' }))
  })

  it('reports a stream that ends inside a frame', () => {
    const bytes = encodeFrame({ kind: 1, flags: 0, body: Uint8Array.of(1, 2, 3) })
    const decode = (): unknown => decodeInPieces(new FrameDecoder(), bytes.subarray(0, -1), [4])
    expect(decode).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_TRUNCATED' }))
  })
})

describe('encodeFrameHeader', () => {
  it.each([-1, 1.5, 2 ** 32])('refuses a length of %d', length => {
    expect(() => encodeFrameHeader({ kind: 1, flags: 0, length })).toThrow(RangeError)
  })
})
