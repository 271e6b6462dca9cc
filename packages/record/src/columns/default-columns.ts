import { MAPREDUCE, partOfName, timePieces } from '../formats/dtail-default.ts'
import type { FieldConstants } from './field-columns.ts'
import { KernelColumns } from './kernel-columns.ts'

// DTail's default format; see formats/dtail-default.ts.

const PIPE = 0x7c
const FIXED_PARTS = 10
/** `20211002-071209` */
const TIME_BYTES = 15

interface TimePiece {
  readonly column: number
  readonly from: number
  readonly to: number
}

/** Columns of DTail's default format. */
export class DefaultColumns extends KernelColumns {
  readonly #pieces: readonly TimePiece[]
  /** Column of the time as the line begins with it, when pieces of it are wanted. */
  readonly #timeColumn: number

  /** With `held` only lines that hold this text count; it begins with `|MAPREDUCE:`. */
  constructor(names: readonly string[], constants: FieldConstants, held?: string) {
    const pieces = names.flatMap((name, column) => {
      const piece = timePieces.get(name)
      return piece === undefined ? [] : [{ column, from: piece[0], to: piece[1] }]
    })
    const parts = names.flatMap((name, column) => {
      const part = partOfName.get(name)
      return part === undefined ? [] : [{ part, column }]
    })
    const hidden = pieces.length > 0 ? [{ part: 1, column: names.length }] : []
    super(names, constants, {
      layout: {
        delimiter: PIPE,
        keyedFrom: FIXED_PARTS,
        pairsOnly: true,
        fewestParts: FIXED_PARTS + 1,
        head: 'INFO',
        table: `|${MAPREDUCE}`,
        held,
      },
      parts: [...parts, ...hidden],
      hiddenColumns: hidden.length,
    })
    this.#pieces = pieces
    this.#timeColumn = names.length
  }

  override next(): number {
    const rows = super.next()
    for (const piece of this.#pieces) this.#setPiece(piece, rows)
    return rows
  }

  /** Where the line has no pair of that name. */
  #setPiece({ column, from, to }: TimePiece, rows: number): void {
    const [times, timeEnds] = [this.starts(this.#timeColumn), this.ends(this.#timeColumn)]
    const [starts, ends] = [this.starts(column), this.ends(column)]
    for (let row = 0; row < rows; row++) {
      const time = times[row] as number
      if (starts[row] !== -1 || (timeEnds[row] as number) - time !== TIME_BYTES) continue
      starts[row] = time + from
      ends[row] = time + to
    }
  }
}
