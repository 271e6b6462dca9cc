import type { LineBatch } from './delivery.ts'

const NEWLINE = 10

/** Bit of {@link LineBatch.pieces}: the line began before, in what came last of its source. */
export const PIECE_BEGUN = 1
/** Bit of {@link LineBatch.pieces}: the line goes on in what comes next of its source. */
export const PIECE_GOES_ON = 2

/** What line `index` is a piece of: 0 for a whole one, else {@link PIECE_BEGUN}, {@link PIECE_GOES_ON} or both. */
export function pieceAt(batch: Pick<LineBatch, 'pieces'>, index: number): number {
  return batch.pieces?.[index] ?? 0
}

/**
 * What {@link LineBatch.pieces} is for lines that were cut at `ends`; `undefined` when all of them are whole. `begun`: the
 * first line began before; `goesOn`: the last line goes on, unless it has its newline.
 */
export function linePieces(
  bytes: Uint8Array,
  ends: Uint32Array,
  { begun, goesOn }: { readonly begun: boolean; readonly goesOn: boolean },
): Uint8Array | undefined {
  const pieces = new Uint8Array(ends.length)
  let [open, any] = [begun, false]
  for (let i = 0; i < ends.length; i++) {
    const begins = open ? PIECE_BEGUN : 0
    open = bytes[(ends[i] as number) - 1] !== NEWLINE
    const ending = open && (goesOn || i < ends.length - 1) ? PIECE_GOES_ON : 0
    pieces[i] = begins | ending
    any ||= pieces[i] !== 0
  }
  return any ? pieces : undefined
}
