import { lineCount, lineOffset, type LineBatch } from '@logflow/core'
import { noFields } from './formats/line-parser.ts'
import { createLineParser, type LogFormatName } from './log-format.ts'
import type { LogRecord } from './log-record.ts'
import { BatchText } from './text.ts'
import type { TimestampOptions } from './timestamp.ts'

/** Options of {@link createRecordParser}. */
export type RecordParserOptions = TimestampOptions

/** Batches to records, one per line, in order. */
export type RecordParser = (batch: LineBatch) => readonly LogRecord[]

/**
 * A parser for lines of one format. It remembers what the format needs from line to line (CSV headers, the clock of the
 * kernel log), per source, so one parser serves many sources, each in order. A line that is not of the format becomes a
 * record that says so; none is left out.
 *
 * @throws RecordError `LF_RECORD_FORMAT_UNKNOWN`
 */
export function createRecordParser(format: LogFormatName, options: RecordParserOptions = {}): RecordParser {
  const parser = createLineParser(format, options)
  return batch => {
    const text = new BatchText(batch.bytes)
    parser.begin?.(batch, text)
    const records: LogRecord[] = []
    for (let index = 0, start = 0; index < lineCount(batch); index++) {
      const end = batch.ends[index] as number
      const line = text.slice(start, contentEnd(batch.bytes, start, end))
      const offset = lineOffset(batch, index)
      const parsed = parser.parse(line) ?? { fields: noFields, text: line, unparsed: true as const }
      records.push({ source: batch.source, offset, endOffset: offset + end - start, ...parsed })
      start = end
    }
    return records
  }
}

/** Where the line ends without its `\n` or `\r\n`. */
export function contentEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || bytes[end - 1] !== 0x0a) return end
  return end - 1 > start && bytes[end - 2] === 0x0d ? end - 2 : end - 1
}
