import { ProtocolError } from '../errors.ts'
import { utf8Bytes, utf8Text } from '../utf8.ts'
import { parseAggregate, type AggregateMessage } from './aggregate.ts'
import { CAPABILITIES_PREFIX, MESSAGE_END } from './constants.ts'

const BAR = 0x7c
const DOT = 0x2e
const NEWLINE = 10

/** Options of {@link encodeServerMessage}. */
export interface ServerMessageOptions {
  /** Host name; cut at its first dot. */
  readonly hostname: string
  /** A plain session gets the text without its header, and no empty text. @defaultValue false */
  readonly plain?: boolean | undefined
  /** Leaves the text as it is, where the original sends it without `\n` (health, version mismatch). @defaultValue false */
  readonly exact?: boolean | undefined
}

/** Host name up to its first dot, as messages carry it. */
export function shortHostname(hostname: string): string {
  const dot = hostname.indexOf('.')
  return dot === -1 ? hostname : hostname.slice(0, dot)
}

/**
 * A text of the server itself: `SERVER|<host>|<text>` and the terminator. The text gets a final `\n` unless it has
 * one. Zero bytes when a plain session has nothing to see.
 */
export function encodeServerMessage(text: string, { hostname, plain, exact }: ServerMessageOptions): Uint8Array {
  if (plain && (text === '' || text === '\n')) return new Uint8Array(0)
  const header = plain ? '' : `SERVER|${shortHostname(hostname)}|`
  return terminated(utf8Bytes(header + (exact || text.endsWith('\n') ? text : `${text}\n`)))
}

/** The answer to `health`: `OK`, without `\n`. */
export function encodeHealthAnswer(hostname: string): Uint8Array {
  return encodeServerMessage('OK', { hostname, exact: true })
}

/** A message that no client prints. @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` unless it starts with `.` */
export function encodeHidden(text: string): Uint8Array {
  if (!text.startsWith('.')) {
    throw new ProtocolError('LF_PROTOCOL_UNENCODABLE', 'a hidden message starts with a dot')
  }
  return terminated(utf8Bytes(text))
}

/** First message of every session but that of a health check: what the server can do. */
export function formatCapabilities(names: readonly string[]): string {
  return [CAPABILITIES_PREFIX, ...names].join(' ')
}

/** The names in a hidden message that lists capabilities; `undefined` for any other. */
export function parseCapabilities(text: string): readonly string[] | undefined {
  const [syn, word, ...names] = text.trim().split(' ')
  return `${syn} ${word}` === CAPABILITIES_PREFIX ? names.filter(name => name !== '') : undefined
}

/** A data line. `percent` may have leading spaces. */
export interface RemoteMessage {
  readonly kind: 'remote'
  readonly hostname: string
  readonly percent: string
  readonly line: number
  readonly sourceId: string
  /** The line, with `\n` from our servers; shares memory with the message. */
  readonly content: Uint8Array
}

/** A message from a server, told apart by `kind`. Bytes share memory with the message. */
export type ServerMessage =
  | RemoteMessage
  | AggregateMessage
  | { readonly kind: 'hidden'; readonly text: string }
  | { readonly kind: 'server'; readonly hostname: string; readonly text: Uint8Array }
  | { readonly kind: 'authkey'; readonly accepted: boolean; readonly detail: string }
  | { readonly kind: 'plain'; readonly content: Uint8Array }

/**
 * Tells what a message without its terminator is. In a `plain` session nothing but hidden messages, aggregates and the
 * answer to `AUTHKEY` is told apart, since a line may begin with anything.
 *
 * @throws ProtocolError `LF_PROTOCOL_MALFORMED` for an aggregate that cannot be read
 */
export function parseServerMessage(
  bytes: Uint8Array,
  { plain = false }: { readonly plain?: boolean } = {},
): ServerMessage {
  if (bytes[0] === DOT) return { kind: 'hidden', text: utf8Text(bytes) }
  if (startsWith(bytes, 'AGGREGATE|')) return parseAggregate(bytes)
  const authkey = parseAuthkeyAnswer(bytes)
  if (authkey) return authkey
  if (!plain && startsWith(bytes, 'REMOTE|')) return parseRemote(bytes) ?? { kind: 'plain', content: bytes }
  if (!plain && startsWith(bytes, 'SERVER|')) {
    const end = bytes.indexOf(BAR, 7)
    if (end !== -1) return { kind: 'server', hostname: utf8Text(bytes.subarray(7, end)), text: bytes.subarray(end + 1) }
  }
  return { kind: 'plain', content: bytes }
}

/** Whether anything a health check received says so: a part after the last `|` of a line or message that is `OK`. */
export function readHealth(received: Uint8Array): boolean {
  for (let start = 0; start <= received.length;) {
    let end = start
    while (end < received.length && received[end] !== NEWLINE && received[end] !== MESSAGE_END) end++
    const bar = received.subarray(start, end).lastIndexOf(BAR)
    const at = start + bar + 1
    if (end - at === 2 && received[at] === 0x4f && received[at + 1] === 0x4b) return true
    start = end + 1
  }
  return false
}

function parseRemote(bytes: Uint8Array): RemoteMessage | undefined {
  const bars: number[] = []
  for (let at = bytes.indexOf(BAR); at !== -1 && bars.length < 5; at = bytes.indexOf(BAR, at + 1)) bars.push(at)
  if (bars.length < 5) return undefined
  const [a, b, c, d, e] = bars as [number, number, number, number, number]
  const field = (from: number, to: number): string => utf8Text(bytes.subarray(from + 1, to))
  const lineText = field(c, d).trim()
  return {
    kind: 'remote',
    hostname: field(a, b),
    percent: field(b, c),
    line: /^\d{1,15}$/.test(lineText) ? Number(lineText) : 0,
    sourceId: field(d, e),
    content: bytes.subarray(e + 1),
  }
}

/** The answer to `AUTHKEY` is recognised by what follows the last `|`, with or without a header. */
function parseAuthkeyAnswer(bytes: Uint8Array): ServerMessage | undefined {
  if (bytes.length > 512) return undefined
  const text = utf8Text(bytes.subarray(bytes.lastIndexOf(BAR) + 1)).trim()
  if (text === 'AUTHKEY OK') return { kind: 'authkey', accepted: true, detail: '' }
  if (!text.startsWith('AUTHKEY ERR')) return undefined
  return { kind: 'authkey', accepted: false, detail: text.slice('AUTHKEY ERR'.length).trim() }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  if (bytes.length < text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false
  return true
}

function terminated(bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(bytes.length + 1)
  message.set(bytes)
  message[bytes.length] = MESSAGE_END
  return message
}
