import { RecordError } from './errors.ts'
import type { FieldConstants, FieldScanner } from './field-scanner.ts'
import { createClfParser } from './formats/clf.ts'
import { createCriParser } from './formats/cri.ts'
import { createCsvParser, CsvScanner } from './formats/csv.ts'
import { createDockerJsonParser } from './formats/docker-json.ts'
import { createDtailDefaultParser, DtailDefaultScanner } from './formats/dtail-default.ts'
import { createGenericParser, GenericScanner } from './formats/generic.ts'
import { createGenericKvParser, GenericKvScanner } from './formats/generickv.ts'
import { createJsonParser } from './formats/json.ts'
import { createKmsgParser } from './formats/kmsg.ts'
import type { LineParser, LineParserOptions } from './formats/line-parser.ts'
import { createLogfmtParser } from './formats/logfmt.ts'
import { createSyslog3164Parser } from './formats/syslog3164.ts'
import { createSyslog5424Parser } from './formats/syslog5424.ts'
import { ParsedFieldScanner } from './parsed-field-scanner.ts'

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

interface LogFormat {
  readonly createParser: (options: LineParserOptions) => LineParser
  /** A scanner that needs no strings, for the formats that were made for it. */
  readonly createScanner?: (names: readonly string[], constants: FieldConstants) => FieldScanner
}

const formats = {
  default: {
    createParser: createDtailDefaultParser,
    createScanner: (names: readonly string[], constants: FieldConstants) => new DtailDefaultScanner(names, constants),
  },
  generic: {
    createParser: createGenericParser,
    createScanner: (names: readonly string[], constants: FieldConstants) => new GenericScanner(names, constants),
  },
  generickv: {
    createParser: createGenericKvParser,
    createScanner: (names: readonly string[], constants: FieldConstants) => new GenericKvScanner(names, constants),
  },
  csv: {
    createParser: createCsvParser,
    createScanner: (names: readonly string[], constants: FieldConstants) => new CsvScanner(names, constants),
  },
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

/**
 * A scanner that finds `names` in lines of a format. For the dmap formats it works on the bytes; for the others it
 * parses each line. `$line` is the whole line in all of them; `constants` are values of names that lines need not have.
 *
 * @throws RecordError `LF_RECORD_FORMAT_UNKNOWN`
 */
export function createFieldScanner(
  format: LogFormatName,
  names: readonly string[],
  constants: FieldConstants = new Map(),
): FieldScanner {
  const { createParser, createScanner } = formatOf(format)
  return createScanner ? createScanner(names, constants) : new ParsedFieldScanner(createParser({}), names, constants)
}

function formatOf(name: string): LogFormat {
  if (isLogFormat(name)) return formats[name]
  throw new RecordError('LF_RECORD_FORMAT_UNKNOWN', `unknown log format ${JSON.stringify(name)}`, {
    detail: { format: name, known: logFormatNames },
  })
}
