import { decodeBase64, encodeBase64 } from '../base64.ts'
import { DelimitedReader } from '../delimited-reader.ts'
import { ProtocolError } from '../errors.ts'
import { strictUtf8Text, utf8Bytes, utf8Text } from '../utf8.ts'
import { COMMAND_END, DEFAULT_MAX_COMMAND_FRAME_BYTES, DTAIL_VERSION } from './constants.ts'

/**
 * What one frame from a client holds: a command, or the reason why it holds none. `text` of a rejection is exactly
 * what the fork sends after the prefix of its log line, with the `\n` where it sends one.
 */
export type CommandFrame =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'rejected'; readonly reason: 'no-version' | 'version' | 'undecodable'; readonly text: string }

/**
 * One command as it goes over the wire.
 *
 *     protocol SP 4.1 SP base64 SP <base64 of the text> ;
 */
export function encodeCommandFrame(text: string): Uint8Array {
  return utf8Bytes(`protocol ${DTAIL_VERSION} base64 ${encodeBase64(utf8Bytes(text))};`)
}

/** Sans-I/O reader of the client's side: bytes in, frames out. A bad frame is a value, an over-long one an error. */
export class CommandFrameDecoder {
  readonly #reader: DelimitedReader

  /** @param maxFrameBytes - Longest frame, its `;` not counted. */
  constructor(maxFrameBytes: number = DEFAULT_MAX_COMMAND_FRAME_BYTES) {
    this.#reader = new DelimitedReader({ delimiter: COMMAND_END, maxBytes: maxFrameBytes, what: 'command frame' })
  }

  /** Adds a chunk. */
  push(chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  /** The next whole frame, or `undefined` while bytes are missing. @throws ProtocolError `LF_PROTOCOL_FRAME_TOO_LARGE` */
  read(): CommandFrame | undefined {
    const frame = this.#reader.read()
    return frame && parseFrame(utf8Text(frame))
  }

  /** The client closed its side. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` inside a frame */
  end(): void {
    const bytes = this.#reader.pendingBytes
    if (bytes === 0) return
    throw new ProtocolError('LF_PROTOCOL_TRUNCATED', `client ended inside a command frame, ${bytes} bytes left`, {
      detail: { bytes },
    })
  }
}

function parseFrame(frame: string): CommandFrame {
  const parts = frame.split(' ')
  const [word, version = '', encoding, payload = ''] = parts
  if (parts.length < 3 || word !== 'protocol') {
    return { kind: 'rejected', reason: 'no-version', text: 'unable to determine protocol version\n' }
  }
  if (version !== DTAIL_VERSION) return { kind: 'rejected', reason: 'version', text: versionMismatch(version) }
  const bytes = parts.length === 4 && encoding === 'base64' ? decodeBase64(payload) : undefined
  const text = bytes && strictUtf8Text(bytes)
  if (text === undefined) {
    return {
      kind: 'rejected',
      reason: 'undecodable',
      text: 'unable to decode client message, DTail server and client versions may not be compatible\n',
    }
  }
  return { kind: 'command', text }
}

/** Names the side that is older, and ends with `\n` for clients that do not add one themselves (major 3 and below). */
function versionMismatch(version: string): string {
  const [major, minor] = versionNumbers(version)
  const [ourMajor, ourMinor] = versionNumbers(DTAIL_VERSION)
  const older = major > ourMajor || (major === ourMajor && minor > ourMinor) ? 'server' : 'client'
  const text =
    `the DTail server protocol version '${DTAIL_VERSION}' does not match client protocol version '${version}', ` +
    `please update DTail ${older}`
  return major <= 3 ? `${text}\n` : text
}

/** Missing and invalid numbers count as 0. */
function versionNumbers(version: string): readonly [number, number] {
  const [major = '', minor = ''] = version.split('.')
  const number = (text: string): number => (/^[+-]?\d{1,15}$/.test(text) ? Number(text) : 0)
  return [number(major), number(minor)]
}
