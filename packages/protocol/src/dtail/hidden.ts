import { ProtocolError } from '../errors.ts'
import { utf8Bytes } from '../utf8.ts'
import { CAPABILITIES_PREFIX, MESSAGE_END } from './constants.ts'

const DOT = 0x2e
const NEWLINE = 10
const SYN = utf8Bytes('.syn ')
const WAKE = utf8Bytes('.output wake\n')

/** What a client knows of its session. */
export interface SessionView {
  /** The session is plain: lines come without a header. @defaultValue false */
  readonly plain?: boolean | undefined
}

/** A message that no client prints. @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` unless it starts with `.` */
export function encodeHidden(text: string): Uint8Array {
  if (!text.startsWith('.')) {
    throw new ProtocolError('LF_PROTOCOL_UNENCODABLE', 'a hidden message starts with a dot')
  }
  return terminated(utf8Bytes(text))
}

/**
 * Whether a message without its terminator is hidden. It is when it starts with `.`, but in a plain session a line of
 * a file may do so as well: there only what servers really send is hidden (`.syn …` without `\n`, and `.output wake`).
 * The original clients lose such lines.
 */
export function isHidden(message: Uint8Array, { plain = false }: SessionView = {}): boolean {
  if (message[0] !== DOT) return false
  if (!plain) return true
  return (startsWith(message, SYN) && !message.includes(NEWLINE)) || startsWith(message, WAKE)
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

/** A message with its terminator. */
export function terminated(bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(bytes.length + 1)
  message.set(bytes)
  message[bytes.length] = MESSAGE_END
  return message
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, index) => bytes[index] === byte)
}
