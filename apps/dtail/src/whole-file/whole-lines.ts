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

/** Room for two blocks that are read by turns, each behind the line that is open before it. */
export function textBytesFor(maxLineBytes: number): number {
  return 2 * (maxLineBytes + READ_BYTES)
}

/** The file to `reader`, block by block, each line once and whole; the next block is read meanwhile. */
export async function readWholeLines(file: ByteSource, reader: LineReader, rules: WholeFileRules): Promise<void> {
  const { text } = reader
  const { maxLineBytes, pace } = rules
  // Where the block begins, behind the bytes of the open line.
  let at = maxLineBytes
  let held = 0
  let reading = file.read(text.subarray(0, at + READ_BYTES), at)
  try {
    for (;;) {
      const read = typeof reading === 'number' ? reading : await reading
      if (read === 0) break
      const next = at === maxLineBytes ? at + maxLineBytes + READ_BYTES : maxLineBytes
      reading = file.readAhead(text.subarray(0, next + READ_BYTES), next)
      const size = at + read
      const open = await takeLines({ from: at - held, fresh: at, to: size }, reader, rules)
      held = size - open
      text.copyWithin(next - held, open, size)
      at = next
      const pause = pace.step()
      if (pause) reader.pause?.()
      await pause
    }
  } finally {
    // Nobody may close the file, or use the memory, while it is read.
    if (typeof reading !== 'number') await reading.catch(() => {})
    // What was read counts, whatever happened behind it.
    if (held > 0) await reader.take(at - held, at)
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
