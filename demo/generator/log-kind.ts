import type { Tally } from './tally.ts'

/** Where and when a line is written. */
export interface LineStamp {
  /** Running number within the file, from 1, across rotations. */
  readonly sequence: number
  /** Wall time of the write, milliseconds since 1970. */
  readonly timeMs: number
}

/** A kind of log that a machine writes: one file, one format. */
export interface LogKind {
  readonly fileName: string
  /** Its share of all lines, relative to the other kinds. */
  readonly weight: number
  /** The next line without its newline. What it is about is counted in `tally`. */
  nextLine(stamp: LineStamp, tally: Tally): string
}
