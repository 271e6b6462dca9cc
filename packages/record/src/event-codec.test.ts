import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecordError } from './errors.ts'
import { encodeEvent, EventDecoder } from './event-codec.ts'
import type { LogEvent } from './log-event.ts'

const word = fc.string({ maxLength: 12 })
const event: fc.Arbitrary<LogEvent> = fc.record({
  name: word,
  timeMs: fc.option(fc.double(), { nil: undefined }),
  labels: fc.dictionary(word, word, { noNullPrototype: true }),
  values: fc.dictionary(word, fc.double(), { noNullPrototype: true }),
  source: fc.record({ host: word, path: word, id: word }),
  offset: fc.maxSafeNat(),
})
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })

function decode(bytes: Uint8Array, sizes: readonly number[]): LogEvent[] {
  const decoder = new EventDecoder()
  const events: LogEvent[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    decoder.push(bytes.subarray(at, (at += sizes[i % sizes.length] as number)))
    for (let next = decoder.read(); next; next = decoder.read()) events.push(next)
  }
  decoder.end()
  return events
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap(part => [...part]))
}

describe('EventDecoder', () => {
  it('yields the same events however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), cuts, (events, sizes) => {
        expect(decode(concat(events.map(encodeEvent)), sizes)).toEqual(events)
      }),
    )
  })

  it('throws only its own errors, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), cuts, (bytes, sizes) => {
        try {
          decode(bytes, sizes)
        } catch (error) {
          expect(error).toBeInstanceOf(RecordError)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('skips fields that it does not know', () => {
    const bytes = encodeEvent({ name: 'a', labels: {}, values: {}, source: { host: '', path: '', id: '' }, offset: 1 })
    const longer = Uint8Array.from([(bytes[0] as number) + 3, ...bytes.subarray(1), 0x7a, 1, 0xff])
    expect(decode(longer, [99])).toMatchObject([{ name: 'a', offset: 1 }])
  })

  it('refuses an event over the limit on its length alone', () => {
    const decoder = new EventDecoder({ maxEventBytes: 100 })
    decoder.push(Uint8Array.of(0xff, 0x01))
    expect(() => decoder.read()).toThrow(
      expect.objectContaining({ code: 'LF_RECORD_EVENT_TOO_LARGE', detail: { length: 255, limit: 100 } }),
    )
  })

  it('reports a stream that ends inside an event', () => {
    expect(() => decode(Uint8Array.of(5, 1), [9])).toThrow(
      expect.objectContaining({ code: 'LF_RECORD_EVENT_TRUNCATED' }),
    )
  })
})
