import { utf8Bytes, utf8Text } from '../utf8.ts'
import { parseAggregate, type AggregateMessage } from './aggregate.ts'
import { MESSAGE_END } from './constants.ts'
import { isHidden, terminated, type SessionView } from './hidden.ts'

const BAR = 0x7c
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

/** What a client knows when it reads a message. */
export interface ServerMessageView extends SessionView {
  /**
   * The client sent `AUTHKEY` and waits for the answer: a message without a header may be it. Otherwise only one with
   * `SERVER|` in a session with headers is, since a line of a file may say anything.
   * @defaultValue false
   */
  readonly authkey?: boolean | undefined
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
 * Tells what a message without its terminator is. In a plain session only hidden messages and aggregates are told
 * apart from lines, since a line may begin with anything.
 *
 * @throws ProtocolError `LF_PROTOCOL_MALFORMED` for an aggregate that cannot be read
 */
export function parseServerMessage(
  bytes: Uint8Array,
  { plain = false, authkey = false }: ServerMessageView = {},
): ServerMessage {
  if (isHidden(bytes, { plain })) return { kind: 'hidden', text: utf8Text(bytes) }
  if (startsWith(bytes, 'AGGREGATE|')) return parseAggregate(bytes)
  if (!plain && startsWith(bytes, 'REMOTE|')) return parseRemote(bytes) ?? { kind: 'plain', content: bytes }
  const fromServer = !plain && startsWith(bytes, 'SERVER|')
  const answer = authkey || fromServer ? parseAuthkeyAnswer(bytes) : undefined
  if (answer) return answer
  if (fromServer) {
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

/** `undefined` unless all five fields are there. The header becomes one string, which is then cut. */
function parseRemote(bytes: Uint8Array): RemoteMessage | undefined {
  let end = 6
  for (let field = 0; field < 4; field++) {
    end = bytes.indexOf(BAR, end + 1)
    if (end === -1) return undefined
  }
  const [hostname = '', percent = '', line = '', sourceId = ''] = utf8Text(bytes.subarray(7, end)).split('|')
  const number = Number(line)
  return {
    kind: 'remote',
    hostname,
    percent,
    line: Number.isSafeInteger(number) && number > 0 ? number : 0,
    sourceId,
    content: bytes.subarray(end + 1),
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
