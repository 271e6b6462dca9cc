import { SourceMemory } from '../source-memory.ts'
import { trimWhiteSpace } from '../white-space.ts'
import { noFields, type LineParser } from './line-parser.ts'

// Plain comma separated values as dmap reads them: no quoting. The first line of each source names the columns; a line
// with more values than names is malformed, one with fewer is fine.

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
