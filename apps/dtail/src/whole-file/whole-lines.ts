import type { WholeFileRules } from './copy-file.ts'
import type { ByteSource } from './byte-source.ts'

const NEWLINE = 10

/** Bytes read at a time: what is read stays in the processor's cache until it is looked at. */
export const READ_BYTES: number = 512 * 1024

/** What reads lines in the memory that a file is read into. */
export interface LineReader {
  /** Where the file is read to: room for the longest line and two blocks. */
  readonly text: Buffer
  /** Takes `text[from, to)`: whole lines, a piece of one that is too long, or the last one without its newline. */
  take(from: number, to: number): Promise<void> | void
  /** Before other things get their turn. */
  pause?(): void
}

/** The file to `reader`, block by block, each line once and whole. */
export async function readWholeLines(file: ByteSource, reader: LineReader, rules: WholeFileRules): Promise<void> {
  const { text } = reader
  // Bytes of the open line, at the start of the text.
  let held = 0
  try {
    for (;;) {
      const reading = file.read(text.subarray(0, held + READ_BYTES), held)
      const read = typeof reading === 'number' ? reading : await reading
      if (read === 0) break
      const size = held + read
      const whole = text.subarray(held, size).lastIndexOf(NEWLINE) + held + 1
      const noNewline = whole === held
      // Only the line that was open before can be too long, since what is read at a time is not.
      const start = await cutLong(noNewline ? size : text.indexOf(NEWLINE, held), reader, rules)
      const end = noNewline ? start : whole
      if (end > start) await reader.take(start, end)
      text.copyWithin(0, end, size)
      held = size - end
      const pause = rules.pace.step()
      if (pause) reader.pause?.()
      await pause
    }
  } finally {
    // What was read counts, whatever happened behind it.
    if (held > 0) await reader.take(0, held)
  }
}

/** Pieces of the first line, which has `content` bytes, as long as it is too long; returns where the rest of it starts. */
async function cutLong(content: number, reader: LineReader, { maxLineBytes, onCut }: WholeFileRules): Promise<number> {
  let start = 0
  for (; content - start > maxLineBytes; start += maxLineBytes) await reader.take(start, start + maxLineBytes)
  if (start > 0) await onCut()
  return start
}
