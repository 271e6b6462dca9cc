import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eachLine, lineOffset } from './line-batch.ts'
import { LineSplitter } from './line-splitter.ts'
import type { LineBatch } from './delivery.ts'

const source = { host: 'h', path: '/x', id: 's1' }
const text = (batch: LineBatch | undefined): string[] =>
  batch ? [...eachLine(batch)].map(line => Buffer.from(line).toString('latin1')) : []

/** Feeds `bytes` in pieces of the given sizes, over and over, as a file read might. */
function split(bytes: Uint8Array, sizes: readonly number[], maxLineBytes = 1000): LineBatch[] {
  const splitter = new LineSplitter({ source, maxLineBytes })
  const out: LineBatch[] = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const batch = splitter.push(bytes.subarray(at, (at += sizes[i % sizes.length] as number)))
    if (batch) out.push(batch)
  }
  const last = splitter.end()
  if (last) out.push(last)
  return out
}

describe('LineSplitter', () => {
  it('yields the same lines, offsets and numbers however the input is cut', () => {
    const bytes = fc.array(fc.constantFrom(10, 97, 98, 0xac, 0), { maxLength: 80 }).map(list => Uint8Array.from(list))
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })
    fc.assert(
      fc.property(bytes, cuts, (input, sizes) => {
        const facts = (batches: LineBatch[]): unknown[] =>
          batches.flatMap(batch =>
            text(batch).map((line, i) => [line, lineOffset(batch, i), batch.firstLine + i] as const),
          )
        for (const maxLineBytes of [3, 1000]) {
          const batches = split(input, sizes, maxLineBytes)
          expect(facts(batches)).toEqual(facts(split(input, [1000], maxLineBytes)))
          expect(Buffer.concat(batches.map(batch => batch.bytes))).toEqual(Buffer.from(input))
        }
      }),
    )
  })

  it('holds back what follows the last newline and gives it out at the end', () => {
    const splitter = new LineSplitter({ source, offset: 100, firstLine: 7 })
    expect(text(splitter.push(Buffer.from('a\nb\nc')))).toEqual(['a\n', 'b\n'])
    expect(splitter.heldBytes).toBe(1)
    expect(splitter.offset).toBe(104)
    const last = splitter.end()
    expect(last).toMatchObject({ offset: 104, firstLine: 9 })
    expect(text(last)).toEqual(['c'])
  })

  it('cuts a line over the limit into pieces and loses no byte', () => {
    const long = 'x'.repeat(2615)
    const batches = split(Buffer.from(`${'a'.repeat(11)}\n${long}\nend\n`), [512], 1024)
    const lines = batches.flatMap(text)
    expect(lines.map(line => line.length)).toEqual([12, 1024, 1024, 568, 4])
  })

  it('never cuts off the newline alone', () => {
    expect(split(Buffer.from(`${'x'.repeat(1024)}\n`), [100], 1024).flatMap(text)).toEqual([`${'x'.repeat(1024)}\n`])
  })
})
