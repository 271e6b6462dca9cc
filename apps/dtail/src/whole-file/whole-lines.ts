import type { WholeFileRules } from './copy-file.ts'
import type { ByteSource } from './byte-source.ts'

const NEWLINE = 10

/** Bytes read at a time: what is read stays in the processor's cache until it is looked at. */
export const READ_BYTES: number = 512 * 1024

/** What reads lines in the memory that a file is read into. */
export interface LineReader {
  /** Where the file is read to, {@link textBytesFor} the longest line. */
  readonly text: Buffer
  /** Takes `text[from, to)`: whole lines, a piece of one that is too long, or the last one without its newline. */
  take(from: number, to: number): Promise<void> | void
  /** Before other things get their turn. */
  pause?(): void
}

/** Blocks that are read while one is looked at: another thread that reads does not have to wait for this one. */
const BLOCKS_AHEAD = 2

/** Room for a few blocks that are read by turns, each behind the line that is open before it. */
export function textBytesFor(maxLineBytes: number): number {
  return (BLOCKS_AHEAD + 1) * (maxLineBytes + READ_BYTES)
}

/** The file to `reader`, block by block, each line once and whole; the next blocks are read meanwhile. */
export async function readWholeLines(file: ByteSource, reader: LineReader, rules: WholeFileRules): Promise<void> {
  const { text } = reader
  const { maxLineBytes, pace } = rules
  const startOf = (turn: number): number => (turn % (BLOCKS_AHEAD + 1)) * (maxLineBytes + READ_BYTES) + maxLineBytes
  const reading = (turn: number): number | Promise<number> =>
    file.readAhead(text.subarray(0, startOf(turn) + READ_BYTES), startOf(turn))
  const readings = Array.from({ length: BLOCKS_AHEAD }, (_, turn) => reading(turn))
  let turn = 0
  // Bytes of the open line, which lie in front of the block.
  let held = 0
  try {
    for (;;) {
      const next = readings.shift() as number | Promise<number>
      const read = typeof next === 'number' ? next : await next
      if (read === 0) break
      readings.push(reading(turn + BLOCKS_AHEAD))
      const at = startOf(turn)
      const open = await takeLines({ from: at - held, fresh: at, to: at + read }, reader, rules)
      held = at + read - open
      turn++
      text.copyWithin(startOf(turn) - held, open, at + read)
      const pause = pace.step()
      if (pause) reader.pause?.()
      await pause
    }
  } finally {
    // Nobody may close the file, or use the memory, while it is read.
    for (const ahead of readings) if (typeof ahead !== 'number') await ahead.catch(() => {})
    // What was read counts, whatever happened behind it.
    if (held > 0) await reader.take(startOf(turn) - held, startOf(turn))
  }
}

/** A stretch of the text, of which nobody has looked at what is behind `fresh`. */
interface Stretch {
  readonly from: number
  readonly fresh: number
  readonly to: number
}

/** Whole lines to `reader`; returns where the open one behind them begins. */
async function takeLines({ from, fresh, to }: Stretch, reader: LineReader, rules: WholeFileRules): Promise<number> {
  const { text } = reader
  const whole = text.subarray(fresh, to).lastIndexOf(NEWLINE) + fresh + 1
  const noNewline = whole === fresh
  // Only the line that was open before can be too long, since what is read at a time is not.
  const start = await cutLong(from, noNewline ? to : text.indexOf(NEWLINE, fresh), reader, rules)
  if (noNewline) return start
  if (whole > start) await reader.take(start, whole)
  return whole
}

/** Pieces of the line between `from` and `to`, as long as it is too long; returns where the rest of it starts. */
async function cutLong(from: number, to: number, reader: LineReader, rules: WholeFileRules): Promise<number> {
  const { maxLineBytes, onCut } = rules
  let start = from
  for (; to - start > maxLineBytes; start += maxLineBytes) await reader.take(start, start + maxLineBytes)
  if (start > from) await onCut()
  return start
}
