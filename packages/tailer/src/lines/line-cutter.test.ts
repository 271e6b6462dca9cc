import { lineAt, lineOffset, LineSplitter, pieceAt, type LineBatch } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunksOf } from '../../../testkit/src/index.ts'
import { LineCutter } from './line-cutter.ts'

const source = { host: 'h', path: '/x', id: 's' }

const facts = (batches: readonly (LineBatch | undefined)[]): unknown[] =>
  batches.flatMap(batch =>
    batch
      ? Array.from(batch.ends, (_, i) => [
          Buffer.from(lineAt(batch, i)).toString('latin1'),
          lineOffset(batch, i),
          batch.firstLine + i,
          pieceAt(batch, i),
        ])
      : [],
  )

describe('LineCutter', () => {
  it('cuts as the splitter of core does, however the input is cut and wherever it lies in its buffer', () => {
    const bytes = fc.array(fc.constantFrom(10, 97, 0xac), { maxLength: 80 }).map(list => Uint8Array.from(list))
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 })
    fc.assert(
      fc.property(bytes, cuts, fc.nat(20), fc.integer({ min: 1, max: 40 }), (input, sizes, room, maxLineBytes) => {
        const cutter = new LineCutter({ source, offset: 7, maxLineBytes })
        const splitter = new LineSplitter({ source, offset: 7, maxLineBytes })
        const cut: (LineBatch | undefined)[] = []
        const split: (LineBatch | undefined)[] = []
        for (const chunk of chunksOf(input, sizes)) {
          const buffer = new Uint8Array(room + chunk.length)
          buffer.set(chunk, room)
          const found = cutter.push({ buffer, from: room, to: buffer.length })
          // A buffer that is not handed over is used again.
          if (!found?.sharesBuffer) buffer.fill(0)
          cut.push(found?.batch)
          split.push(splitter.push(chunk))
        }
        cut.push(cutter.end())
        split.push(splitter.end())
        expect(facts(cut)).toEqual(facts(split))
        expect(cutter.offset).toBe(7 + input.length)
      }),
    )
  })
})
