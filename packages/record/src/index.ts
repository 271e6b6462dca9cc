/**
 * Lines to records: log formats, rules with named groups, multi-line assembly and event encoding.
 *
 * @packageDocumentation
 */
export { RecordAssembler, type RecordAssemblerOptions } from './assembler.ts'
export { detectFormat } from './detect-format.ts'
export { RecordError, recordErrors, type RecordErrorCode } from './errors.ts'
export { encodeEvent, EventDecoder } from './event-codec.ts'
export { EventWriter } from './event-writer.ts'
export {
  ROW_CAPACITY,
  type FieldColumns,
  type FieldConstants,
  type KeyTable,
  type NumberColumn,
  type RowList,
  type WholeLines,
} from './columns/field-columns.ts'
export { defaultFormatNames } from './formats/dtail-default.ts'
export { createLineTimeReader, detectLineTime, type LineTimeFormat, type LineTimeReader } from './line-time.ts'
export {
  canHold,
  createFieldColumns,
  isLogFormat,
  logFormatNames,
  type FieldColumnsOptions,
  type LogFormatName,
} from './log-format.ts'
export type { LogEvent } from './log-event.ts'
export type { LogRecord } from './log-record.ts'
export { createRecordParser, type RecordParser, type RecordParserOptions } from './record-parser.ts'
export { compileRules, type EventDefaults, type RuleSet } from './rules.ts'
export type { RuleDefinition } from './rule-definition.ts'
export { parseSeverity, type Severity } from './severity.ts'
export { decodeText } from './text.ts'
export type { TimestampOptions } from './timestamp.ts'
export { isWhiteSpace, trimWhiteSpace } from './white-space.ts'
