import { LineSplitter, lineAt } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chunksOf } from '../../../testkit/src/index.ts'
import { BlockCutter, type LineBlock } from './block-cutter.ts'

const source = { host: 'h', path: '/x', id: 's' }

/** Where each line of the block begins in the source, which number it has, and what is in it. */
function linesOf({ bytes, cut, firstLine, offset }: LineBlock): unknown[] {
  const text = Buffer.from(bytes).toString('latin1')
  const lines = cut ? [text] : (text.match(/[^\n]*\n|[^\n]+/g) ?? [])
  let at = offset
  return lines.map((line, i) => [line, (at += line.length) - line.length, firstLine + i])
}

describe('BlockCutter', () => {
  it('cuts as the splitter of core does, however the input is cut and wherever it lies in its buffer', () => {
    const bytes = fc.array(fc.constantFrom(10, 97, 0xac), { maxLength: 80 }).map(list => Uint8Array.from(list))
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 })
    fc.assert(
      fc.property(bytes, cuts, fc.nat(20), fc.integer({ min: 1, max: 40 }), (input, sizes, room, maxLineBytes) => {
        const cutter = new BlockCutter({ source, maxLineBytes, countLines: true })
        const splitter = new LineSplitter({ source, maxLineBytes })
        const cut: unknown[] = []
        const split: unknown[] = []
        const note = (batch: ReturnType<LineSplitter['push']>): void => {
          batch?.ends.forEach((end, i) => {
            const line = lineAt(batch, i)
            split.push([Buffer.from(line).toString('latin1'), batch.offset + end - line.length, batch.firstLine + i])
          })
        }
        for (const chunk of chunksOf(input, sizes)) {
          const buffer = new Uint8Array(room + chunk.length)
          buffer.set(chunk, room)
          for (const block of cutter.push({ buffer, from: room, to: buffer.length })) cut.push(...linesOf(block))
          buffer.fill(0) // a block is good until the next one is asked for
          note(splitter.push(chunk))
        }
        const last = cutter.end()
        if (last) cut.push(...linesOf(last))
        note(splitter.end())
        expect(cut).toEqual(split)
        expect(cutter.offset).toBe(input.length)
        expect(cutter.nextLine).toBe(split.length + 1)
      }),
      { numRuns: 500 },
    )
  })
})
