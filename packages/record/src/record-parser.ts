import { lineCount, lineOffset, type LineBatch, type Source } from '@logflow/core'
import { noFields } from './formats/line-parser.ts'
import { createLineParser, type LogFormatName } from './log-format.ts'
import type { LogRecord, ParsedLine } from './log-record.ts'
import type { Severity } from './severity.ts'
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
      const range = { source: batch.source, offset, endOffset: offset + end - start }
      const parsed = parser.parse(line)
      records.push(
        parsed ? new ParsedRecord(range, parsed) : { ...range, fields: noFields, text: line, unparsed: true },
      )
      start = end
    }
    return records
  }
}

/** A record whose fields are looked for when somebody asks, where the format can do that. */
class ParsedRecord implements LogRecord {
  readonly source: Source
  readonly offset: number
  readonly endOffset: number
  readonly timeMs: number | undefined
  readonly severity: Severity | undefined
  readonly text: string
  readonly partial: true | undefined
  readonly #parsed: ParsedLine

  constructor({ source, offset, endOffset }: Pick<LogRecord, 'source' | 'offset' | 'endOffset'>, parsed: ParsedLine) {
    this.source = source
    this.offset = offset
    this.endOffset = endOffset
    this.timeMs = parsed.timeMs
    this.severity = parsed.severity
    this.text = parsed.text
    this.partial = parsed.partial
    this.#parsed = parsed
  }

  get fields(): ReadonlyMap<string, string> {
    return this.#parsed.fields
  }
}

/** Where the line ends without its `\n` or `\r\n`. */
export function contentEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end === start || bytes[end - 1] !== 0x0a) return end
  return end - 1 > start && bytes[end - 2] === 0x0d ? end - 2 : end - 1
}
