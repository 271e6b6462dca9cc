import { lineBatch } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, cuts, decodeInPieces, latin1 } from '../../test/pieces.ts'
import { hex, vectors } from '../../test/vectors.ts'
import { formatCommand, parseCommand } from '../dtail/command.ts'
import { encodeHidden } from '../dtail/hidden.ts'
import { encodeFrame } from './frame.ts'
import { GreetingDecoder } from './greeting-decoder.ts'
import {
  MESSAGE_FRAME_KIND,
  NATIVE_STARTED,
  NativeSessionDecoder,
  NativeSessionEncoder,
  type NativeItem,
} from './session.ts'

const source = { host: 'h', path: 'p', id: 'i' }
const items: fc.Arbitrary<NativeItem> = fc.oneof(
  fc.uint8Array({ maxLength: 30 }).map(content => ({ kind: 'message', content }) as const),
  fc.uint8Array({ minLength: 1, maxLength: 30 }).map(bytes => lineBatch({ source, bytes })),
  fc.nat().map(offset => ({ kind: 'position', source, offset }) as const),
  fc
    .record({ bytes: fc.uint8Array({ maxLength: 30 }), offset: fc.nat(), firstLine: fc.nat(), left: fc.nat(9) })
    .chain(({ left, ...block }) =>
      fc.boolean().map(open => {
        const through = block.offset + block.bytes.length + left
        return { kind: 'block', source, ...block, through, selected: left > 0, open } as const
      }),
    ),
)

function encode(sent: readonly NativeItem[]): Uint8Array {
  const encoder = new NativeSessionEncoder()
  return concat(sent.map(item => encoder.encode(item)))
}

interface Vector {
  readonly name: string
  readonly hex: string
  readonly item: Record<string, unknown>
}

/** The item of a vector, its bytes as bytes. */
function itemOf({ item }: Vector): NativeItem {
  const bytes = Object.entries(item).filter(([key]) => key === 'bytes' || key === 'content')
  return { ...item, ...Object.fromEntries(bytes.map(([key, text]) => [key, latin1(text as string)])) } as NativeItem
}

describe('NativeSessionDecoder', () => {
  it.each(vectors<Vector[]>('native-session'))('reads and writes $name', vector => {
    expect(decodeInPieces(new NativeSessionDecoder(), hex(vector.hex), [7])).toEqual([itemOf(vector)])
    expect(new NativeSessionEncoder().encode(itemOf(vector))).toEqual(hex(vector.hex))
  })

  it('yields the same items however the stream is cut, any byte in their lines', () => {
    fc.assert(
      fc.property(fc.array(items, { maxLength: 6 }), cuts, (sent, sizes) => {
        expect(decodeInPieces(new NativeSessionDecoder(), encode(sent), sizes)).toEqual(sent)
      }),
    )
  })

  it('refuses a message over its limit and a kind it does not know', () => {
    const message = encodeFrame({ kind: MESSAGE_FRAME_KIND, flags: 0, body: new Uint8Array(9) })
    const decode = (stream: Uint8Array): unknown => decodeInPieces(new NativeSessionDecoder(8), stream, [99])
    expect(() => decode(message)).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_FRAME_TOO_LARGE' }))
    const unknown = encodeFrame({ kind: 63, flags: 0, body: new Uint8Array(0) })
    expect(() => decode(unknown)).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_UNKNOWN_KIND' }))
  })
})

describe('packed frames', () => {
  const inside = [lineBatch({ source, bytes: latin1('a\n') }), { kind: 'position', source, offset: 2 } as const]

  it('are read as if they had come as they are, in their place', () => {
    const encoder = new NativeSessionEncoder()
    const raw = concat(inside.map(item => encoder.encode(item)))
    const packed = { kind: 'packed', packing: 'gzip', rawBytes: raw.length, bytes: raw } as const
    const last = { kind: 'position', source, offset: 9 } as const
    const decoder = new NativeSessionDecoder()
    decoder.push(concat([encoder.encode(packed), encoder.encode(last)]))
    expect(decoder.read()).toEqual(packed)
    decoder.pushUnpacked(raw)
    expect([decoder.read(), decoder.read(), decoder.read(), decoder.read()]).toEqual([...inside, last, undefined])
  })

  it('are refused when they are not whole, lie in one another, or are too large', () => {
    const refused = (code: string): unknown => expect.objectContaining({ code })
    const packed = (rawBytes: number): Uint8Array =>
      new NativeSessionEncoder().encode({ kind: 'packed', packing: 'zstd', rawBytes, bytes: latin1('') })
    const decode = (bytes: Uint8Array, unpacked: Uint8Array): unknown => {
      const decoder = new NativeSessionDecoder()
      decoder.push(bytes)
      decoder.read()
      decoder.pushUnpacked(unpacked)
      return decoder.read()
    }
    expect(() => decode(packed(3), latin1('abc'))).toThrow(refused('LF_PROTOCOL_TRUNCATED'))
    expect(() => decode(packed(9), packed(9))).toThrow(refused('LF_PROTOCOL_MALFORMED'))
    expect(() => decode(packed(2 ** 31), latin1(''))).toThrow(refused('LF_PROTOCOL_FRAME_TOO_LARGE'))
  })
})

describe('GreetingDecoder', () => {
  it('hands the stream over to the byte after the message that starts frames', () => {
    fc.assert(
      fc.property(fc.array(items, { maxLength: 4 }), fc.integer({ min: 1, max: 80 }), cuts, (sent, first, sizes) => {
        const stream = concat([encodeHidden('.syn capabilities x'), encodeHidden(NATIVE_STARTED), encode(sent)])
        const greeting = new GreetingDecoder()
        const messages: string[] = []
        let at = 0
        while (messages.at(-1) !== NATIVE_STARTED) {
          greeting.push(stream.slice(at, (at += first)))
          for (let next = greeting.read(); next; next = greeting.read()) {
            messages.push(Buffer.from(next).toString())
            if (messages.at(-1) === NATIVE_STARTED) break
          }
        }
        const rest = concat([greeting.takeRest(), stream.subarray(at)])
        expect(messages).toEqual(['.syn capabilities x', NATIVE_STARTED])
        expect(decodeInPieces(new NativeSessionDecoder(), rest, sizes)).toEqual(sent)
      }),
    )
  })

  it('leaves nothing behind', () => {
    const greeting = new GreetingDecoder()
    greeting.push(latin1('a\xacb'))
    expect([greeting.read(), greeting.read()]).toEqual([latin1('a'), undefined])
    greeting.push(latin1('c\xacd'))
    expect(greeting.takeRest()).toEqual(latin1('bc\xacd'))
    expect(greeting.takeRest()).toHaveLength(0)
  })
})

describe('the command that asks for frames', () => {
  it('is a command like any other', () => {
    expect(parseCommand(formatCommand({ kind: 'native' }))).toEqual({ kind: 'native', terms: {} })
    const terms = { detail: 'bytes', packings: ['zstd'], packAlways: true, maxPacketBytes: 9, commands: 2 } as const
    expect(parseCommand(formatCommand({ kind: 'native', terms }))).toEqual({ kind: 'native', terms })
    const odd = 'NATIVE v1 detail=all pack=lzo,gzip packet=many commands new=1'
    expect(parseCommand(odd)).toEqual({ kind: 'native', terms: { packings: ['gzip'] } })
    expect(parseCommand('NATIVE v2')).toMatchObject({ kind: 'unknown' })
  })
})
