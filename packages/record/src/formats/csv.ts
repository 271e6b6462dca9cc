import type { LineBatch } from '@logflow/core'
import { ByteScanner, type LineVerdict } from '../field-scanner.ts'
import { SourceMemory } from '../source-memory.ts'
import { trimWhiteSpace } from '../white-space.ts'
import { noFields, type LineParser } from './line-parser.ts'

// Plain comma separated values as dmap reads them: no quoting. The first line of each source names the columns; a line
// with more values than names is malformed, one with fewer is fine.

const COMMA = 0x2c

/** Finds fields by the column names of the source's first line. */
export class CsvScanner extends ByteScanner {
  readonly #headers = new SourceMemory<Int32Array>()
  #sourceId = ''
  #slotOfColumn: Int32Array | undefined

  override open(batch: LineBatch): void {
    super.open(batch)
    this.#sourceId = batch.source.id
    this.#slotOfColumn = this.#headers.get(this.#sourceId)
  }

  protected override scanFields(start: number, end: number): LineVerdict {
    if (this.#slotOfColumn === undefined) {
      this.#slotOfColumn = this.#readHeader(start, end)
      this.#headers.set(this.#sourceId, this.#slotOfColumn)
      return 'foreign'
    }
    return this.#scanValues(start, end, this.#slotOfColumn) ? 'record' : 'malformed'
  }

  #readHeader(start: number, end: number): Int32Array {
    const slots: number[] = []
    for (let at = start; ; at++) {
      const nameStart = at
      at = this.#cellEnd(at, end)
      slots.push(this.find(nameStart, at))
      if (at === end) return Int32Array.from(slots)
    }
  }

  #scanValues(start: number, end: number, slotOfColumn: Int32Array): boolean {
    for (let at = start, column = 0; column < slotOfColumn.length; at++, column++) {
      const valueStart = at
      at = this.#cellEnd(at, end)
      const slot = slotOfColumn[column] as number
      if (slot !== -1) this.set(slot, valueStart, at)
      if (at === end) return true
    }
    return false
  }

  #cellEnd(from: number, end: number): number {
    const bytes = this.bytes
    let at = from
    while (at < end && bytes[at] !== COMMA) at++
    return at
  }
}

/** Lines as records named by the first line of their source, which is itself a record without fields. */
export function createCsvParser(): LineParser {
  const headers = new SourceMemory<readonly string[]>()
  let sourceId = ''
  return {
    begin(batch) {
      sourceId = batch.source.id
    },
    parse(line) {
      const cells = trimWhiteSpace(line).split(',')
      const header = headers.get(sourceId)
      if (header === undefined) {
        headers.set(sourceId, cells)
        return { fields: noFields, text: line }
      }
      if (cells.length > header.length) return undefined
      return { fields: new Map(cells.map((cell, column) => [header[column] as string, cell])), text: line }
    },
  }
}
