import { describe, expect, it } from 'vitest'
import { lineBatch, selectLines } from './line-batch.ts'
import { pieceAt, PIECE_BEGUN, PIECE_GOES_ON } from './line-pieces.ts'
import { LineSplitter } from './line-splitter.ts'

const source = { host: 'h', path: '/x', id: 's1' }

describe('pieces of a line', () => {
  it('are marked when a line is over the limit, in one batch and across batches', () => {
    const splitter = new LineSplitter({ source, maxLineBytes: 3 })
    const batches = ['ok\nlonger\n', 'much too', ' long\nok\n', 'end'].map(text => splitter.push(Buffer.from(text)))
    const pieces = [...batches, splitter.end()].flatMap(batch => (batch ? [batch.pieces && [...batch.pieces]] : []))
    expect(pieces).toEqual([[0, 2, 1], [2, 3], [3, 3, 1, 0], undefined])
  })

  it('stay with the lines that are selected', () => {
    const pieces = Uint8Array.of(PIECE_BEGUN, 0, PIECE_GOES_ON)
    const batch = lineBatch({ source, bytes: Buffer.from('a\nb\nc'), pieces })
    expect(selectLines(batch, [0, 2]).pieces).toEqual(Uint8Array.of(PIECE_BEGUN, PIECE_GOES_ON))
    expect(selectLines(batch, [1]).pieces).toBeUndefined()
    expect([0, 1, 2].map(index => pieceAt(batch, index))).toEqual([1, 0, 2])
    expect(pieceAt(lineBatch({ source, bytes: Buffer.from('a') }), 0)).toBe(0)
  })
})
