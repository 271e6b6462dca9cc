import { ServerMessageDecoder, splitVisible } from '@logflow/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VisibleLines } from './visible-lines.ts'

/** Bytes of which messages, lines and hidden messages come out often. */
const stream = fc
  .array(
    fc.oneof(
      fc.constantFrom('\xac', '\n', '.', '.syn x', '.syn close connection\xac', '.output wake\n\xac', 'line\n\xac'),
      fc.string({ unit: fc.constantFrom('a', '.', '\n', '\xac', '\xff'), maxLength: 8 }),
    ),
    { maxLength: 40 },
  )
  .map(parts => Buffer.from(parts.join(''), 'latin1'))

function chunksOf(bytes: Buffer, cuts: readonly number[]): Uint8Array[] {
  const ends = [...new Set(cuts.map(cut => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...ends, bytes.length].map((end, i) => Uint8Array.from(bytes.subarray(ends[i - 1] ?? 0, end)))
}

describe('VisibleLines', () => {
  it('finds what the decoder and splitVisible find, however the stream is cut', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 6 }), fc.boolean(), (bytes, cuts, plain) => {
        const decoder = new ServerMessageDecoder()
        decoder.push(Uint8Array.from(bytes))
        const batch = decoder.read()
        const expected = batch ? splitVisible(batch, { plain }) : { visible: new Uint8Array(0), hidden: [] }
        const lines = new VisibleLines({ plain })
        const found = chunksOf(bytes, cuts).map(chunk => lines.push(chunk))
        expect(Buffer.concat(found.flatMap(({ runs }) => runs))).toEqual(Buffer.from(expected.visible))
        expect(found.flatMap(({ hidden }) => hidden)).toEqual(expected.hidden)
        for (const run of found.flatMap(({ runs }) => runs)) expect(run.length === 0 || run.at(-1) === 10).toBe(true)
        if (bytes.length > 0 && bytes.at(-1) !== 0xac) expect(() => lines.end()).toThrow('inside a message')
        else expect(() => lines.end()).not.toThrow()
      }),
      { numRuns: 1000 },
    )
  })

  it('leaves out what is dropped, and refuses a message without end', () => {
    const lines = new VisibleLines({ plain: true })
    const drop = (message: Uint8Array): boolean => message[0] === 0x62
    expect(Buffer.concat(lines.push(Buffer.from('a\xacb\xacc', 'latin1'), drop).runs).toString()).toBe('a\n')
    expect(() => {
      for (let i = 0; i < 20; i++) lines.push(new Uint8Array(1024 * 1024))
    }).toThrow('longer than')
  })
})
