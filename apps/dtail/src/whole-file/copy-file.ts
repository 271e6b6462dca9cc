import type { BlockWriter } from '../output/block-writer.ts'
import type { ByteSource } from './byte-source.ts'
import type { Pace } from './pace.ts'

const NEWLINE = 10
const NEWLINES: Uint8Array = Uint8Array.of(NEWLINE)

/** How {@link copyFile} and `searchFile` treat lines. */
export interface WholeFileRules {
  /** Longer lines are cut at multiples of this; at least the size of a block. */
  readonly maxLineBytes: number
  /** Some lines were cut. */
  readonly onCut: () => Promise<void>
  readonly pace: Pace
}

/**
 * Every line of the file to `writer`, untouched: nobody looks for lines, but for the end of the first and the last one
 * of a block, which is enough to know whether one is too long. The last line gets its newline.
 */
export async function copyFile(file: ByteSource, writer: BlockWriter, rules: WholeFileRules): Promise<void> {
  // Bytes of the open line, or of its open piece, that are written.
  let open = 0
  for (;;) {
    const taken = writer.take()
    const block = taken instanceof Buffer ? taken : await taken
    const read = readInto(file, block, writer)
    const size = typeof read === 'number' ? read : await read
    if (size === 0) break
    const bytes = block.subarray(0, size)
    const first = bytes.indexOf(NEWLINE)
    const content = first === -1 ? size : first
    const cut = open + content > rules.maxLineBytes
    let written = 0
    // Only the line that was open before the block can be too long, since a block is not.
    for (; open + content - written > rules.maxLineBytes; open = 0) {
      const to = written + rules.maxLineBytes - open
      writer.write(block.subarray(written, to))
      writer.write(NEWLINES)
      written = to
    }
    writer.write(bytes.subarray(written), block)
    open = first === -1 ? open + size - written : size - 1 - bytes.lastIndexOf(NEWLINE)
    if (cut) await rules.onCut()
    await rules.pace.step()
  }
  if (open > 0) writer.write(NEWLINES)
}

function readInto(file: ByteSource, block: Buffer, writer: BlockWriter): number | Promise<number> {
  let size: number | Promise<number> = 0
  try {
    size = file.read(block, 0)
    return size
  } finally {
    if (size === 0) writer.giveBack(block)
  }
}
