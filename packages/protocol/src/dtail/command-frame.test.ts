import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, cuts, decodeInPieces, latin1, outcome } from '../../test/pieces.ts'
import { vectors } from '../../test/vectors.ts'
import { CommandFrameDecoder, encodeCommandFrame } from './command-frame.ts'

const texts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 6 })

describe('encodeCommandFrame', () => {
  it.each(vectors<{ command: string; frame: string }[]>('dtail-command-frames'))(
    'writes $command as DTail does, and reads it back',
    ({ command, frame }) => {
      expect(encodeCommandFrame(command)).toEqual(latin1(frame))
      expect(decodeInPieces(new CommandFrameDecoder(), latin1(frame), [7])).toEqual([
        { kind: 'command', text: command },
      ])
    },
  )
})

describe('CommandFrameDecoder', () => {
  it('yields the same commands however the stream is cut', () => {
    fc.assert(
      fc.property(texts, cuts, (sent, sizes) => {
        const frames = decodeInPieces(new CommandFrameDecoder(), concat(sent.map(encodeCommandFrame)), sizes)
        expect(frames).toEqual(sent.map(text => ({ kind: 'command', text })))
      }),
    )
  })

  it('reads many frames that arrive in one chunk, pushed before any is read', () => {
    const decoder = new CommandFrameDecoder()
    for (const text of ['a', 'b', 'c']) decoder.push(encodeCommandFrame(text))
    const read = (): string | undefined => decoder.read()?.text
    expect([read(), read(), read(), read()]).toEqual(['a', 'b', 'c', undefined])
  })

  it.each(vectors<{ frame: string; reason: string; text: string }[]>('dtail-rejected-frames'))(
    'answers $frame with the text of the original and goes on',
    ({ frame, reason, text }) => {
      const both = concat([latin1(frame), encodeCommandFrame('health')])
      expect(decodeInPieces(new CommandFrameDecoder(), both, [11])).toEqual([
        { kind: 'rejected', reason, text },
        { kind: 'command', text: 'health' },
      ])
    },
  )

  it('refuses a frame over the limit before its end, and takes one at the limit', () => {
    const frame = encodeCommandFrame('x'.repeat(50))
    expect(decodeInPieces(new CommandFrameDecoder(frame.length - 1), frame, [3])).toHaveLength(1)
    const decoder = new CommandFrameDecoder(16)
    decoder.push(latin1('protocol 4.1 base'))
    expect(() => decoder.read()).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_FRAME_TOO_LARGE' }))
  })

  it('reports a client that ends inside a frame', () => {
    const { code } = outcome(new CommandFrameDecoder(), latin1('protocol 4.1 '), [4])
    expect(code).toBe('LF_PROTOCOL_TRUNCATED')
  })

  it('makes the same of garbage however it is cut', () => {
    const garbage = fc.uint8Array({ maxLength: 300 }).map(bytes => bytes.map(byte => (byte % 5 === 0 ? 0x3b : byte)))
    fc.assert(
      fc.property(garbage, cuts, (bytes, sizes) => {
        const once = outcome(new CommandFrameDecoder(64), bytes, [bytes.length + 1])
        expect(outcome(new CommandFrameDecoder(64), bytes, sizes)).toEqual(once)
      }),
    )
  })
})
