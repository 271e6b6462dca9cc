import type { LineBatch } from '@logflow/core'

const NEWLINE = 10

/** Lines to search: a batch, and whether the `\n` of a line is part of what is tested. */
export interface Lines {
  readonly bytes: Uint8Array
  readonly ends: Uint32Array
  readonly withNewline: boolean
}

/** A way to search many lines at once. A scanner belongs to one matcher and may learn from batch to batch. */
export interface LineScanner {
  /** Writes the indexes of the matching lines to `found`, ascending, and returns how many there are. */
  scan(lines: Lines, found: Uint32Array): number
}

/** The lines of a batch. A `Buffer` is normalised, so that the loops see one kind of array. */
export function linesOf(batch: LineBatch, withNewline: boolean): Lines {
  return { bytes: plainBytes(batch.bytes), ends: batch.ends, withNewline }
}

/** The same memory as a plain `Uint8Array`. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Where line `index` starts. */
export function lineStart({ ends }: Lines, index: number): number {
  return index === 0 ? 0 : (ends[index - 1] as number)
}

/** Whether line `index` has its `\n`; the last line of a source and pieces of a long line have none. */
export function isClosed(lines: Lines, index: number): boolean {
  const end = lines.ends[index] as number
  return end > lineStart(lines, index) && lines.bytes[end - 1] === NEWLINE
}

/** Where the tested part of line `index` ends. */
export function testedEnd(lines: Lines, index: number): number {
  const end = lines.ends[index] as number
  return !lines.withNewline && isClosed(lines, index) ? end - 1 : end
}
