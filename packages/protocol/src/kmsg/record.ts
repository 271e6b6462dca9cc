import { ProtocolError } from '../errors.ts'
import { utf8Bytes, utf8Text } from '../utf8.ts'

const BACKSLASH = 0x5c
const NEWLINE = 10

/** One record as a single read of `/dev/kmsg` returns it. */
export interface KmsgRecord {
  /** `facility * 8 + level`. */
  readonly priority: number
  /** 0 (emergency) to 7 (debug). */
  readonly level: number
  /** 0 is the kernel, 1 is user space. */
  readonly facility: number
  readonly sequence: number
  /** Microseconds since boot; stands still while the machine sleeps. */
  readonly timestampUs: number
  /** `-`, or `c` for a fragment and `+` for its continuation on old kernels. */
  readonly flags: string
  /** The text as the kernel shows it, escapes kept, without its `\n`. Shares memory with `raw`. */
  readonly text: Uint8Array
  /** ` KEY=VALUE` lines after the text, without the leading space, escapes kept. */
  readonly dictionary: readonly string[]
  /** All of it. */
  readonly raw: Uint8Array
}

/**
 * Reads `PRIO,SEQ,USEC,FLAGS[,more];TEXT\n` and the dictionary lines behind it (Documentation/ABI/testing/dev-kmsg).
 *
 * @throws ProtocolError `LF_PROTOCOL_MALFORMED`; the caller keeps the raw bytes
 */
export function parseKmsgRecord(raw: Uint8Array): KmsgRecord {
  const semicolon = raw.indexOf(0x3b)
  const newline = semicolon === -1 ? -1 : raw.indexOf(NEWLINE, semicolon)
  if (newline === -1) throw malformed('record has no text')
  if (semicolon > 256) throw malformed('record has no prefix')
  const [priorityText = '', sequenceText = '', timestampText = '', flags = ''] = utf8Text(
    raw.subarray(0, semicolon),
  ).split(',')
  const [priority, sequence, timestampUs] = [number(priorityText), number(sequenceText), number(timestampText)]
  return {
    priority,
    level: priority % 8,
    facility: Math.floor(priority / 8),
    sequence,
    timestampUs,
    flags,
    text: raw.subarray(semicolon + 1, newline),
    dictionary: dictionaryLines(raw.subarray(newline + 1)),
    raw,
  }
}

/**
 * The text with every `\xHH` turned back into its byte, once. With `keepNewlines` false (the default) a `\x0a` stays
 * as it is, so that a record remains one line.
 */
export function unescapeKmsg(
  text: Uint8Array,
  { keepNewlines = false }: { readonly keepNewlines?: boolean } = {},
): Uint8Array {
  if (!text.includes(BACKSLASH)) return text
  const out = new Uint8Array(text.length)
  let at = 0
  for (let i = 0; i < text.length;) {
    const byte = text[i] === BACKSLASH && text[i + 1] === 0x78 ? hexByte(text, i + 2) : -1
    if (byte === -1 || (byte === NEWLINE && !keepNewlines)) out[at++] = text[i++] as number
    else {
      out[at++] = byte
      i += 4
    }
  }
  return out.subarray(0, at)
}

/** What a line of {@link formatKmsgLine} says. */
export interface KmsgLine {
  readonly priority: number
  readonly timestampUs: number
  /** Without `\n`. */
  readonly text: Uint8Array
}

/** A record as the line that is uploaded: `<PRIO>[%5d.%06d] TEXT\n`. More seconds than five digits widen the field. */
export function formatKmsgLine({ priority, timestampUs, text }: KmsgLine): Uint8Array {
  const head = utf8Bytes(`<${priority}>[${formatSeconds(timestampUs)}] `)
  const line = new Uint8Array(head.length + text.length + 1)
  line.set(head)
  line.set(text, head.length)
  line[line.length - 1] = NEWLINE
  return line
}

/** The line that tells of records the kernel overwrote before they were read. */
export function formatKmsgMissed(count: number, timestampUs: number): Uint8Array {
  return utf8Bytes(`<7>[${formatSeconds(timestampUs)}] WARNING: missed ${count} log entries\n`)
}

function formatSeconds(timestampUs: number): string {
  const seconds = Math.floor(timestampUs / 1_000_000)
  return `${String(seconds).padStart(5)}.${String(timestampUs % 1_000_000).padStart(6, '0')}`
}

function dictionaryLines(bytes: Uint8Array): readonly string[] {
  if (bytes.length === 0) return []
  const lines = utf8Text(bytes).split('\n')
  return lines.flatMap(line => (line.startsWith(' ') ? [line.slice(1)] : []))
}

function number(text: string): number {
  const value = Number(text)
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(value)) throw malformed('prefix of a record is not numbers')
  return value
}

function hexByte(text: Uint8Array, at: number): number {
  const [high, low] = [hexDigit(text[at]), hexDigit(text[at + 1])]
  return high === -1 || low === -1 ? -1 : high * 16 + low
}

function hexDigit(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('LF_PROTOCOL_MALFORMED', message)
}
