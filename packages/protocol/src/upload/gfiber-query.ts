import { ProtocolError } from '../errors.ts'
import { strictUtf8Text, utf8Bytes } from '../utf8.ts'

const PERCENT = 0x25

/** One pair of the first step of a gfiber upload. Keys repeat, order counts, all of it is the device's own word. */
export type UploadPair = readonly [key: string, value: string]

/** What the first step of a gfiber upload asks for: `GET /upload/<name>?<pairs>`. */
export interface UploadTarget {
  /** As it stands in the path, not percent-decoded: the original does not escape it. Never a file name as it is. */
  readonly name: string
  readonly pairs: readonly UploadPair[]
}

/** Path of the first step, before the name. */
export const GFIBER_PATH_PREFIX = '/upload/'
/** Longest URL that the original sends. */
export const MAX_GFIBER_URL_BYTES = 2047
/** Longest name that the original can put into the second step. */
export const MAX_GFIBER_NAME_BYTES = 39
/** Pairs of one request at most. */
export const MAX_GFIBER_PAIRS = 256

/**
 * Pairs of a query, without its `?`. `%` must be followed by two hex digits and stands for a byte; `+` is a plus.
 *
 * @throws ProtocolError `LF_PROTOCOL_MALFORMED`
 */
export function parseUploadQuery(query: string): readonly UploadPair[] {
  if (query.length > MAX_GFIBER_URL_BYTES) throw malformed(`query is longer than ${MAX_GFIBER_URL_BYTES} bytes`)
  const items = query === '' ? [] : query.split('&')
  if (items.length > MAX_GFIBER_PAIRS) throw malformed(`query has more than ${MAX_GFIBER_PAIRS} pairs`)
  return items.map(item => {
    const equals = item.indexOf('=')
    const key = equals === -1 ? item : item.slice(0, equals)
    return [percentDecode(key), equals === -1 ? '' : percentDecode(item.slice(equals + 1))]
  })
}

/** The query that {@link parseUploadQuery} reads; all but `A-Z a-z 0-9 - . _ ~` is escaped, as curl does. */
export function formatUploadQuery(pairs: readonly UploadPair[]): string {
  return pairs.map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`).join('&')
}

/**
 * What the path of a request asks for; `undefined` when it is not an upload.
 *
 * @throws ProtocolError `LF_PROTOCOL_MALFORMED`
 */
export function parseUploadTarget(url: string): UploadTarget | undefined {
  if (!url.startsWith(GFIBER_PATH_PREFIX)) return undefined
  if (url.length > MAX_GFIBER_URL_BYTES) throw malformed(`URL is longer than ${MAX_GFIBER_URL_BYTES} bytes`)
  const mark = url.indexOf('?')
  const name = url.slice(GFIBER_PATH_PREFIX.length, mark === -1 ? undefined : mark)
  if (name === '') throw malformed('upload has no name')
  return { name, pairs: mark === -1 ? [] : parseUploadQuery(url.slice(mark + 1)) }
}

function percentEncode(text: string): string {
  let encoded = ''
  for (const byte of utf8Bytes(text)) {
    const char = String.fromCharCode(byte)
    encoded += /[A-Za-z0-9\-._~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}

function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  const raw = utf8Bytes(text)
  const bytes = new Uint8Array(raw.length)
  let size = 0
  for (let i = 0; i < raw.length; i++) {
    if (raw[i] === PERCENT) {
      const hex = String.fromCharCode(...raw.subarray(i + 1, i + 3))
      if (!/^[0-9A-Fa-f]{2}$/.test(hex)) throw malformed('percent sign without two hex digits')
      bytes[size++] = parseInt(hex, 16)
      i += 2
    } else bytes[size++] = raw[i] as number
  }
  const decoded = strictUtf8Text(bytes.subarray(0, size))
  if (decoded === undefined) throw malformed('query is not UTF-8')
  return decoded
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('LF_PROTOCOL_MALFORMED', message)
}
