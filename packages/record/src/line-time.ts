import type { LineBatch } from '@logflow/core'
import {
  parseBsdTime,
  parseClfTime,
  parseDtailTime,
  parseEpochTime,
  parseIsoTime,
  remembered,
  type TimestampOptions,
} from './timestamp.ts'

/**
 * How the lines of a file say when they were written: `dtail` (`INFO|1002-071209|`, `20211002-071209`), `iso` (RFC 3339
 * and its relatives, anywhere near the start), `clf` (`[10/Oct/2000:13:55:36 -0700]`), `syslog` (RFC 3164:
 * `Oct  2 13:46:45`), `epoch` (seconds to nanoseconds since 1970).
 */
export type LineTimeFormat = 'dtail' | 'iso' | 'clf' | 'syslog' | 'epoch'

/** Reads when a line was written. */
export interface LineTimeReader {
  readonly format: LineTimeFormat
  /** Milliseconds since 1970 of the line in `bytes[from, to)`; `undefined` when it does not say. */
  timeOf(bytes: Uint8Array, from: number, to: number): number | undefined
}

interface Stamp {
  readonly format: LineTimeFormat
  /** The stamp is the first group. */
  readonly pattern: RegExp
  readonly parse: (text: string, options: TimestampOptions) => number | undefined
}

/** From the most particular to the most general. */
const stamps: readonly Stamp[] = [
  { format: 'dtail', pattern: /^(?:[^|]*\|){1,4}?((?:\d{4})?\d{4}-\d{6})\|/, parse: parseDtailTime },
  {
    format: 'iso',
    pattern: /(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9}\d*)?)?(?: ?(?:Z|z|UTC|[+-]\d\d:?\d\d(?!\d)))?)/,
    parse: parseIsoTime,
  },
  { format: 'clf', pattern: /\[(\d\d\/[A-Za-z]{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\]/, parse: parseClfTime },
  { format: 'syslog', pattern: /^(?:<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)\b/, parse: parseBsdTime },
  {
    format: 'epoch',
    pattern: /(?:^|[["=: ])(\d{10}(?:\.\d{1,9})?|\d{13}|\d{16}|\d{19})(?=[\],:}"| \t]|$)/,
    parse: parseEpochTime,
  },
]

/** A stamp stands near the start of its line. */
const HEAD_BYTES = 256
const SAMPLE_LINES = 64
const latin1 = new TextDecoder('latin1')

/** Reads stamps of one format. */
export function createLineTimeReader(format: LineTimeFormat, options: TimestampOptions = {}): LineTimeReader {
  const { pattern, parse } = stamps.find(stamp => stamp.format === format) as Stamp
  // Many lines of one second have the same stamp.
  const timeOfStamp = remembered(text => parse(text, options))
  return {
    format,
    timeOf(bytes, from, to) {
      const head = latin1.decode(bytes.subarray(from, Math.min(to, from + HEAD_BYTES)))
      const stamp = pattern.exec(head)?.[1]
      return stamp === undefined ? undefined : timeOfStamp(stamp)
    },
  }
}

/**
 * The reader of the format that most of the first lines have; `undefined` when none of them says when it was written.
 * Lines without a stamp (stack traces, banners) are allowed for.
 */
export function detectLineTime(batch: LineBatch, options: TimestampOptions = {}): LineTimeReader | undefined {
  let best: LineTimeReader | undefined
  let most = 0
  for (const { format } of stamps) {
    const reader = createLineTimeReader(format, options)
    const count = countStamped(batch, reader)
    if (count > most) [best, most] = [reader, count]
  }
  return best
}

function countStamped({ bytes, ends }: LineBatch, reader: LineTimeReader): number {
  const lines = Math.min(ends.length, SAMPLE_LINES)
  let count = 0
  for (let index = 0, start = 0; index < lines; index++) {
    const end = ends[index] as number
    if (reader.timeOf(bytes, start, end) !== undefined) count++
    start = end
  }
  return count
}
