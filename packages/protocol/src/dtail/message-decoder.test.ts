import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, cuts, latin1, outcome } from '../../test/pieces.ts'
import { eachMessage, ServerMessageDecoder, splitVisible } from './message-decoder.ts'

/** Messages without their terminator; 0xAC stands for the end and cannot be inside. */
const messages = fc.array(
  fc.uint8Array({ maxLength: 30 }).map(bytes => bytes.map(byte => (byte === 0xac ? 0x20 : byte))),
  { maxLength: 8 },
)
const stream = (sent: readonly Uint8Array[]): Uint8Array => concat(sent.flatMap(bytes => [bytes, Uint8Array.of(0xac)]))

function decode(bytes: Uint8Array, sizes: readonly number[], limit?: number): { messages: Uint8Array[]; code: string } {
  const { values, code } = outcome(new ServerMessageDecoder(limit), bytes, sizes)
  return { messages: values.flatMap(batch => [...eachMessage(batch)]), code }
}

describe('ServerMessageDecoder', () => {
  it('yields the same messages however the stream is cut', () => {
    fc.assert(
      fc.property(messages, cuts, (sent, sizes) => {
        expect(decode(stream(sent), sizes)).toEqual({ messages: sent, code: '' })
      }),
    )
  })

  it('yields what came before an over-long message, then fails, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (garbage, sizes) => {
        const bytes = garbage.map(byte => (byte % 8 === 0 ? 0xac : byte))
        expect(decode(bytes, sizes, 6)).toEqual(decode(bytes, [bytes.length + 1], 6))
      }),
    )
  })

  it('keeps newlines inside a message', () => {
    expect(decode(latin1('a\nb\xac'), [2]).messages).toEqual([latin1('a\nb')])
  })

  it('never hands out a Buffer', () => {
    const decoder = new ServerMessageDecoder()
    decoder.push(Buffer.from('a\xac', 'latin1'))
    expect(decoder.read()?.bytes.constructor).toBe(Uint8Array)
  })

  it('takes many chunks before the first read', () => {
    const decoder = new ServerMessageDecoder()
    for (const text of ['a', '\xacb\xac', 'c\xac']) decoder.push(latin1(text))
    const read: Uint8Array[] = []
    for (let batch = decoder.read(); batch; batch = decoder.read()) read.push(...eachMessage(batch))
    expect(read).toEqual(['a', 'b', 'c'].map(latin1))
  })

  it('reports a server that ends inside a message', () => {
    expect(decode(latin1('a\xacb'), [9])).toEqual({ messages: [latin1('a')], code: 'LF_PROTOCOL_TRUNCATED' })
  })
})

describe('splitVisible', () => {
  const split = (text: string, plain = false): { visible: string; hidden: readonly string[] } => {
    const decoder = new ServerMessageDecoder()
    decoder.push(latin1(text))
    const { visible, hidden } = splitVisible(decoder.read() ?? { bytes: latin1(''), ends: new Uint32Array() }, {
      plain,
    })
    return { visible: Buffer.from(visible).toString('latin1'), hidden }
  }

  it('prints every message as a line, an empty one too, and sorts out the hidden ones', () => {
    expect(split('a\n\xac.syn close connection\xacb\xac\xacc\n\xac')).toEqual({
      visible: 'a\nb\n\nc\n',
      hidden: ['.syn close connection'],
    })
  })

  it('keeps lines of a plain session that begin with a dot', () => {
    expect(split('.profile\n\xac.syn close connection\xac.output wake\n\xac.syn x\n\xac', true)).toEqual({
      visible: '.profile\n.syn x\n',
      hidden: ['.syn close connection', '.output wake\n'],
    })
  })

  it('loses no byte but terminators and hidden messages', () => {
    fc.assert(
      fc.property(messages, sent => {
        const lines = sent.filter(bytes => bytes[0] !== 0x2e)
        const expected = lines.map(bytes => (bytes.at(-1) === 10 ? bytes : concat([bytes, Uint8Array.of(10)])))
        const text = Buffer.from(stream(sent)).toString('latin1')
        expect(split(text).visible).toBe(Buffer.from(concat(expected)).toString('latin1'))
      }),
    )
  })
})
