import { lineBatch, linePieces, selectLines, type Delivery, type Source } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, cuts, decodeInPieces, latin1, outcome } from '../../test/pieces.ts'
import { hex, vectors } from '../../test/vectors.ts'
import { DeliveryDecoder } from './delivery-decoder.ts'
import { DeliveryEncoder, encodeDelivery } from './delivery-encoder.ts'
import { DELIVERY_KINDS, MAX_SOURCE_SLOTS } from './delivery-kinds.ts'
import { encodeFrame } from './frame.ts'

const sources = fc
  .record({ path: fc.string({ unit: 'binary', maxLength: 8 }), number: fc.nat(3) })
  .map(({ path, number }): Source => ({ host: 'h', path, id: `id${number}` }))
const linesOf = (source: Source): fc.Arbitrary<Delivery> =>
  fc
    .record({
      bytes: fc.uint8Array({ maxLength: 60 }).map(bytes => bytes.map(byte => (byte % 5 === 0 ? 10 : byte))),
      offset: fc.nat(),
      firstLine: fc.nat(),
      keep: fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
      selected: fc.boolean(),
      limit: fc.integer({ min: 1, max: 20 }),
    })
    .map(({ bytes, offset, firstLine, keep, selected, limit }) => {
      const whole = lineBatch({ source, bytes, offset, firstLine })
      const ends = cutEnds(whole.ends, limit)
      const pieces = linePieces(bytes, ends, { begun: offset % 2 === 0, goesOn: true })
      if (!selected) return lineBatch({ ...whole, ends, pieces })
      return selectLines(
        whole,
        [...whole.ends.keys()].filter(index => keep[index % keep.length]),
      )
    })
const items: fc.Arbitrary<Delivery> = sources.chain(source =>
  fc.oneof(
    linesOf(source),
    fc
      .tuple(fc.maxSafeNat(), fc.maxSafeNat(), fc.constantFrom('truncated', 'overflow', 'missed'))
      .map(([a, b, reason]) => ({ kind: 'gap', source, from: Math.min(a, b), to: Math.max(a, b), reason }) as const),
    fc.record({
      kind: fc.constant('event'),
      source: fc.constant(source),
      event: fc.constantFrom('opened', 'rotated', 'truncated', 'ended', 'failed'),
      detail: fc.constant({ code: 'ENOENT', tries: [1, 2] }),
    }),
  ),
)

/** Cuts lines as a splitter with a limit would: some end without a newline. */
function cutEnds(ends: Uint32Array, limit: number): Uint32Array {
  const cut: number[] = []
  let start = 0
  for (const end of ends) {
    for (; end - start > limit; start += limit) cut.push(start + limit)
    cut.push(end)
    start = end
  }
  return Uint32Array.from(cut)
}

describe('DeliveryDecoder', () => {
  it('yields the same deliveries however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(items, { maxLength: 8 }), cuts, (sent, sizes) => {
        const encoder = new DeliveryEncoder()
        const stream = concat(sent.map(item => encoder.encode(item)))
        expect(decodeInPieces(new DeliveryDecoder(), stream, sizes)).toEqual(sent)
      }),
    )
  })

  it('reads any concatenation of single deliveries and whole streams', () => {
    const runs = fc.array(fc.tuple(fc.boolean(), fc.array(items, { maxLength: 4 })), { maxLength: 4 })
    fc.assert(
      fc.property(runs, sent => {
        const parts = sent.flatMap(([single, run]) => {
          const encoder = new DeliveryEncoder()
          return run.map(item => (single ? encodeDelivery(item) : encoder.encode(item)))
        })
        expect(decodeInPieces(new DeliveryDecoder(), concat(parts), [1000])).toEqual(sent.flatMap(([, run]) => run))
      }),
    )
  })

  it('makes the same of garbage however it is cut', () => {
    const bodies = fc.tuple(fc.nat(5), fc.nat(4), fc.uint8Array({ maxLength: 40 }))
    fc.assert(
      fc.property(
        fc.array(items, { maxLength: 2 }),
        fc.array(bodies, { maxLength: 4 }),
        cuts,
        (sent, frames, sizes) => {
          const garbage = frames.map(([kind, flags, body]) =>
            encodeFrame({ kind, flags, body: concat([hex('0000'), body]) }),
          )
          const stream = concat([...sent.map(encodeDelivery), ...garbage])
          const once = outcome(new DeliveryDecoder(), stream, [stream.length + 1])
          expect(outcome(new DeliveryDecoder(), stream, sizes)).toEqual(once)
        },
      ),
    )
  })

  it.each(vectors<{ name: string; hex: string; deliveries: unknown[] }[]>('native-deliveries'))(
    'reads the vector "$name"',
    ({ hex: digits, deliveries }) => {
      const read = decodeInPieces(new DeliveryDecoder(), hex(digits), [5])
      expect(read.map(readable)).toEqual(deliveries)
      const encoder = new DeliveryEncoder()
      expect(concat(read.map(item => encoder.encode(item)))).toEqual(hex(digits))
    },
  )

  const source = { host: 'h', path: 'p', id: 'i' }
  const known = encodeDelivery({ kind: 'gap', source, from: 0, to: 1, reason: 'limit' })
  const { lines, gap, event, source: sourceKind } = DELIVERY_KINDS
  const zeros = '00'.repeat(16)
  it.each([
    ['an unknown kind', 5, 0, '', 'LF_PROTOCOL_UNKNOWN_KIND'],
    ['a slot without a source', gap, 0, `0001${zeros}00`, 'LF_PROTOCOL_MALFORMED'],
    ['a slot over the limit', sourceKind, 0, 'ffff7b7d', 'LF_PROTOCOL_MALFORMED'],
    ['a source without an id', sourceKind, 0, '00007b7d', 'LF_PROTOCOL_MALFORMED'],
    ['a gap that ends before it begins', gap, 0, `0000${'00'.repeat(7)}01${'00'.repeat(8)}00`, 'LF_PROTOCOL_MALFORMED'],
    ['a gap for an unknown reason', gap, 0, `0000${zeros}ff`, 'LF_PROTOCOL_MALFORMED'],
    ['an unknown event', event, 0, '00007b7d', 'LF_PROTOCOL_MALFORMED'],
    ['unknown flags', lines, 8, `0000${zeros}00000000`, 'LF_PROTOCOL_MALFORMED'],
    ['an offset beyond 2^53', lines, 1, `0000${'ff'.repeat(8)}${'00'.repeat(8)}00000000`, 'LF_PROTOCOL_MALFORMED'],
    ['more lines than bytes', lines, 1, `0000${zeros}ffffffff0a`, 'LF_PROTOCOL_MALFORMED'],
    ['more lengths than bytes', lines, 0, `0000${zeros}ffffffff00000001`, 'LF_PROTOCOL_MALFORMED'],
    ['an unknown piece', lines, 5, `0000${zeros}00000001040a`, 'LF_PROTOCOL_MALFORMED'],
    ['a wrong number of lines', lines, 1, `0000${zeros}000000010a0a`, 'LF_PROTOCOL_MALFORMED'],
    ['lengths that do not add up', lines, 0, `0000${zeros}00000001000000020a`, 'LF_PROTOCOL_MALFORMED'],
  ])('refuses %s', (...[, kind, flags, body, code]) => {
    const stream = concat([known, encodeFrame({ kind, flags, body: hex(body) })])
    expect(outcome(new DeliveryDecoder(), stream, [9])).toMatchObject({ values: [{ kind: 'gap' }], code })
  })

  it('refuses lines over its limit on the header alone', () => {
    const batch = lineBatch({ source, bytes: latin1('0123456789\n') })
    expect(outcome(new DeliveryDecoder(16), encodeDelivery(batch), [40]).code).toBe('LF_PROTOCOL_FRAME_TOO_LARGE')
  })
})

describe('DeliveryEncoder', () => {
  const gapOf = (id: string, path = 'p'): Delivery => {
    return { kind: 'gap', source: { host: 'h', path, id }, from: 0, to: 1, reason: 'limit' }
  }

  it('sends a source once, and again when it has another path', () => {
    const encoder = new DeliveryEncoder()
    const sizes = [gapOf('a'), gapOf('a'), gapOf('a', 'q'), gapOf('a', 'q')].map(item => encoder.encode(item).length)
    expect(sizes[1]).toBeLessThan(sizes[0] as number)
    expect(sizes[2]).toBe(sizes[0])
    expect(sizes[3]).toBe(sizes[1])
  })

  it('names more sources than it has slots for', () => {
    const encoder = new DeliveryEncoder()
    const ids = [...Array(MAX_SOURCE_SLOTS + 10).keys(), 0, MAX_SOURCE_SLOTS + 9, 5].map(String)
    const sent = ids.map(id => gapOf(id))
    const stream = concat(sent.map(item => encoder.encode(item)))
    expect(decodeInPieces(new DeliveryDecoder(), stream, [4096])).toEqual(sent)
  })

  it('refuses what no decoder would take', () => {
    const source = { host: 'h', path: 'p'.repeat(40_000), id: 'i' }
    const item: Delivery = { kind: 'gap', source, from: 0, to: 1, reason: 'limit' }
    expect(() => encodeDelivery(item)).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_UNENCODABLE' }))
    expect(() => encodeDelivery({ ...item, source: { ...source, path: '' }, from: -1 })).toThrow(RangeError)
  })
})

/** Typed arrays as lists and bytes as text, as the vectors have them. */
function readable(item: Delivery): unknown {
  return JSON.parse(
    JSON.stringify(item, (key, value: unknown) => {
      if (key === 'bytes') return Buffer.from(value as Uint8Array).toString('latin1')
      return ArrayBuffer.isView(value) ? [...(value as Uint32Array)] : value
    }),
  )
}
