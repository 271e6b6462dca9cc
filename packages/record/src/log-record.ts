import type { Source } from '@logflow/core'
import type { Severity } from './severity.ts'

/**
 * One log entry, decoded. It may span lines. Strings share memory with the text of the whole batch, so whoever keeps a
 * few records for long copies what is needed.
 */
export interface LogRecord {
  readonly source: Source
  /** Offset in the source of its first byte. */
  readonly offset: number
  /** Offset in the source after its last byte, line end included: where to go on after it. */
  readonly endOffset: number
  /** When it was written, in milliseconds since 1970, when the line says so. */
  readonly timeMs?: number | undefined
  readonly severity?: Severity | undefined
  /** What the format names. A line that is not of the format has none. May be found out when it is read: no own property. */
  readonly fields: ReadonlyMap<string, string>
  /** The message where the format wraps one (syslog, CRI, docker, kernel), else the whole line; without the line end. */
  readonly text: string
  /** Set when the line is not of the format that was asked for. */
  readonly unparsed?: true | undefined
  /** Set when the format says that the next record of the same stream goes on with the same line. */
  readonly partial?: true | undefined
}

/** What a format makes of one line. */
export interface ParsedLine {
  readonly timeMs?: number | undefined
  readonly severity?: Severity | undefined
  readonly fields: ReadonlyMap<string, string>
  readonly text: string
  readonly partial?: true | undefined
}
