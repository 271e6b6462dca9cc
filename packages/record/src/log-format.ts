import { RecordError } from './errors.ts'
import { CsvColumns } from './columns/csv-columns.ts'
import { DefaultColumns } from './columns/default-columns.ts'
import type { FieldColumns, FieldConstants } from './columns/field-columns.ts'
import { KernelColumns } from './columns/kernel-columns.ts'
import { ParsedColumns } from './columns/parsed-columns.ts'
import { createClfParser } from './formats/clf.ts'
import { createCriParser } from './formats/cri.ts'
import { createCsvParser } from './formats/csv.ts'
import { createDockerJsonParser } from './formats/docker-json.ts'
import { createDtailDefaultParser } from './formats/dtail-default.ts'
import { createGenericParser } from './formats/generic.ts'
import { createGenericKvParser } from './formats/generickv.ts'
import { createJsonParser } from './formats/json.ts'
import { createKmsgParser } from './formats/kmsg.ts'
import type { LineParser, LineParserOptions } from './formats/line-parser.ts'
import { createLogfmtParser } from './formats/logfmt.ts'
import { createSyslog3164Parser } from './formats/syslog3164.ts'
import { createSyslog5424Parser } from './formats/syslog5424.ts'

/** The formats by name; the first four are those of dmap. */
export type LogFormatName =
  | 'default'
  | 'generic'
  | 'generickv'
  | 'csv'
  | 'json'
  | 'logfmt'
  | 'clf'
  | 'syslog3164'
  | 'syslog5424'
  | 'cri'
  | 'docker-json'
  | 'kmsg'

const NEWLINE = 10
const PIPE = 0x7c

type ColumnsFactory = (names: readonly string[], constants: FieldConstants, held: string | undefined) => FieldColumns

interface LogFormat {
  readonly createParser: (options: LineParserOptions) => LineParser
  /** Columns that the kernel fills, for the formats that were made for it. */
  readonly createColumns?: ColumnsFactory
}

const formats = {
  default: {
    createParser: createDtailDefaultParser,
    createColumns: (names, constants, held) => new DefaultColumns(names, constants, held),
  },
  generic: {
    createParser: createGenericParser,
    createColumns: (names, constants) =>
      new KernelColumns(names, constants, { layout: { delimiter: NEWLINE }, parts: [], hiddenColumns: 0 }),
  },
  generickv: {
    createParser: createGenericKvParser,
    createColumns: (names, constants) =>
      new KernelColumns(names, constants, { layout: { delimiter: PIPE, keyedFrom: 0 }, parts: [], hiddenColumns: 0 }),
  },
  csv: { createParser: createCsvParser, createColumns: (names, constants) => new CsvColumns(names, constants) },
  json: { createParser: createJsonParser },
  logfmt: { createParser: createLogfmtParser },
  clf: { createParser: createClfParser },
  syslog3164: { createParser: createSyslog3164Parser },
  syslog5424: { createParser: createSyslog5424Parser },
  cri: { createParser: createCriParser },
  'docker-json': { createParser: createDockerJsonParser },
  kmsg: { createParser: createKmsgParser },
} as const satisfies Record<LogFormatName, LogFormat>

/** Every {@link LogFormatName}. */
export const logFormatNames: readonly LogFormatName[] = Object.keys(formats) as LogFormatName[]

/** Whether `name` is a {@link LogFormatName}. */
export function isLogFormat(name: string): name is LogFormatName {
  return Object.hasOwn(formats, name)
}

/** A parser of single lines. @throws RecordError `LF_RECORD_FORMAT_UNKNOWN` */
export function createLineParser(format: LogFormatName, options: LineParserOptions): LineParser {
  return formatOf(format).createParser(options)
}

/** Options of {@link createFieldColumns}. */
export interface FieldColumnsOptions {
  /** Values of names that lines need not have. @defaultValue none */
  readonly constants?: FieldConstants | undefined
  /**
   * Only lines with this text count; it begins with `|MAPREDUCE:`. For formats that {@link canHold}; others take lines
   * that were chosen before.
   */
  readonly held?: string | undefined
}

/** Whether columns of a format find out themselves which lines hold a text. */
export function canHold(format: LogFormatName): boolean {
  return format === 'default'
}

/**
 * Columns of the fields `names` of lines of a format. For the dmap formats they are found on the bytes; for the others
 * each line is parsed. `$line` is the whole line in all of them, without white space at its ends.
 *
 * @throws RecordError `LF_RECORD_FORMAT_UNKNOWN`, `LF_RECORD_NO_WASM`
 */
export function createFieldColumns(
  format: LogFormatName,
  names: readonly string[],
  { constants = new Map(), held }: FieldColumnsOptions = {},
): FieldColumns {
  const { createParser, createColumns } = formatOf(format)
  return createColumns ? createColumns(names, constants, held) : new ParsedColumns(names, constants, createParser({}))
}

function formatOf(name: string): LogFormat {
  if (isLogFormat(name)) return formats[name]
  throw new RecordError('LF_RECORD_FORMAT_UNKNOWN', `unknown log format ${JSON.stringify(name)}`, {
    detail: { format: name, known: logFormatNames },
  })
}
