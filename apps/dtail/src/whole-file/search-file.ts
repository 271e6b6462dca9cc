import type { BlockSearch } from '@logflow/match'
import type { BlockWriter } from '../output/block-writer.ts'
import { LineGatherer } from '../output/line-gatherer.ts'
import type { ByteSource } from './byte-source.ts'
import type { WholeFileRules } from './copy-file.ts'
import { FileBlocks } from './file-blocks.ts'
import { deservesThreads, searchInThreads } from './search-in-threads.ts'
import type { WantedLines } from './wanted-lines.ts'
import { readWholeLines, textBytesFor, type LineReader } from './whole-lines.ts'

const NEWLINE = 10
const LINE_END: Uint8Array = Uint8Array.of(NEWLINE)

/** The wanted lines of the file to `writer`, in order. The last one gets its newline. */
export async function searchFile(
  file: ByteSource,
  wanted: WantedLines,
  writer: BlockWriter,
  rules: WholeFileRules,
): Promise<void> {
  if (file instanceof FileBlocks && deservesThreads(file.size)) await searchInThreads(file, wanted, writer, rules)
  const { matcher, invert } = wanted
  const textBytes = textBytesFor(rules.maxLineBytes)
  const search = matcher.searchBlocks({ textBytes, invert, withNewline: true })
  const gatherer = new LineGatherer(writer)
  try {
    await readWholeLines(file, new FileSearch(search, gatherer), rules)
  } finally {
    gatherer.write()
  }
}

/** The file is read right into the memory that is searched. */
class FileSearch implements LineReader {
  readonly text: Buffer
  readonly #search: BlockSearch
  readonly #gatherer: LineGatherer

  constructor(search: BlockSearch, gatherer: LineGatherer) {
    this.#search = search
    this.#gatherer = gatherer
    const { buffer, byteOffset, length } = search.text
    this.text = Buffer.from(buffer, byteOffset, length)
  }

  async take(from: number, to: number): Promise<void> {
    const chosen = this.#search.choose(from, to).bytes
    if (chosen.length === 0) return
    await this.#gatherer.add(chosen)
    // The last line of the file, or a piece of one.
    if (chosen.at(-1) !== NEWLINE) await this.#gatherer.add(LINE_END)
  }

  pause(): void {
    this.#gatherer.write()
  }
}
