import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeEvent, EventStreamDecoder, type StreamMessage } from './event-stream.ts'

/** Feeds `text` in pieces of the given sizes, over and over, as a socket might. */
function decode(text: string, sizes: readonly number[]): StreamMessage[] {
  const decoder = new EventStreamDecoder()
  const bytes = new TextEncoder().encode(text)
  const messages: StreamMessage[] = []
  for (let at = 0, i = 0; at < bytes.length; i++)
    messages.push(...decoder.push(bytes.subarray(at, (at += sizes[i % sizes.length] as number))))
  return messages
}

const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 })

describe('EventStreamDecoder', () => {
  it('yields what was encoded however the stream is cut', () => {
    const data = fc.string({ unit: 'binary' }).map(text => JSON.stringify(text))
    const sent = fc.array(fc.record({ name: fc.constantFrom('lines', 'events'), data }), { maxLength: 5 })
    fc.assert(
      fc.property(sent, cuts, (messages, sizes) => {
        const text = messages.map(({ name, data }) => encodeEvent(name, data)).join('')
        expect(decode(text, sizes)).toEqual(messages)
      }),
    )
  })

  it('reads any garbage the same way however it is cut', () => {
    const garbage = fc.array(fc.constantFrom('\r', '\n', 'data', ':', ' ', 'event', 'x', 'é'), { maxLength: 40 })
    fc.assert(
      fc.property(garbage, cuts, (parts, sizes) => {
        // The line feed lets a CR at the very end go.
        const text = `${parts.join('')}\n`
        expect(decode(text, sizes)).toEqual(decode(text, [1000]))
      }),
    )
  })

  it('joins data lines, skips comments and messages without data', () => {
    const text = ': hello\n\nevent: a\n\ndata: 1\ndata:2\n\nevent: b\r\ndata:  3\r\n\r\n'
    expect(decode(text, [100])).toEqual([
      { name: 'message', data: '1\n2' },
      { name: 'b', data: ' 3' },
    ])
  })

  it('refuses a message without an end', () => {
    const decoder = new EventStreamDecoder()
    const megabyte = new TextEncoder().encode(`data: ${'x'.repeat(1024 * 1024)}\n`)
    const push = (): void => {
      for (let i = 0; i < 5; i++) decoder.push(megabyte)
    }
    expect(push).toThrow(RangeError)
  })
})
