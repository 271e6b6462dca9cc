import { SourceMemory } from '../source-memory.ts'
import { trimmedEnd, trimmedStart } from '../white-space.ts'
import type { FieldConstants, WholeLines } from './field-columns.ts'
import { KernelColumns } from './kernel-columns.ts'
import { takeLine, writeMostParts, type PartColumn } from './kernel-layout.ts'

const COMMA = 0x2c

interface CsvHeader {
  readonly parts: readonly PartColumn[]
  readonly count: number
}

const encoder = new TextEncoder()

/** Columns of comma separated values, named by the first line of each source. */
export class CsvColumns extends KernelColumns {
  readonly #names: readonly Uint8Array[]
  readonly #headers = new SourceMemory<CsvHeader>()
  #sourceId = ''
  #header: CsvHeader | undefined

  constructor(names: readonly string[], constants: FieldConstants) {
    super(names, constants, { layout: { delimiter: COMMA }, parts: [], hiddenColumns: 0 })
    this.#names = names.map(name => encoder.encode(name))
  }

  override open(lines: WholeLines): void {
    super.open(lines)
    this.#sourceId = lines.source.id
    this.#header = this.#headers.get(this.#sourceId)
    if (this.#header) this.#use(this.#header)
  }

  protected override indexed(): void {
    if (this.#header) return
    const [start, end] = takeLine(this.memory)
    this.#header = this.#readHeader(start, end)
    this.#headers.set(this.#sourceId, this.#header)
    this.#use(this.#header)
  }

  #use({ parts, count }: CsvHeader): void {
    this.setParts(parts)
    writeMostParts(this.memory, count)
  }

  #readHeader(lineStart: number, lineEnd: number): CsvHeader {
    const { bytes } = this.memory
    const start = trimmedStart(bytes, lineStart, lineEnd)
    const end = trimmedEnd(bytes, start, lineEnd)
    const parts: PartColumn[] = []
    for (let at = start, part = 0; ; at++, part++) {
      const from = at
      while (at < end && bytes[at] !== COMMA) at++
      const column = this.#names.findIndex(name => isSame(name, bytes, from, at))
      if (column !== -1) parts.push({ part, column })
      if (at === end) return { parts: parts, count: part + 1 }
    }
  }
}

function isSame(...[name, bytes, from, to]: [name: Uint8Array, bytes: Uint8Array, from: number, to: number]): boolean {
  return to - from === name.length && name.every((byte, index) => byte === bytes[from + index])
}
