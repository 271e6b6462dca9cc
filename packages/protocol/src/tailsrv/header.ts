import { CoreError, formatResumeToken, parseResumeToken, type ResumeToken } from '@logflow/core'
import { DelimitedReader } from '../delimited-reader.ts'
import { ProtocolError } from '../errors.ts'
import { strictUtf8Text } from '../utf8.ts'

/** Longest header line, its `\n` not counted. The original has no limit. */
export const DEFAULT_MAX_HEADER_BYTES = 4096

/**
 * What a reader asks for in its one line. `offset` is the dialect of tailsrv 0.9 (one file per server), `list` and
 * `stream` are the older one (a directory of files), `list long` and `resume` are ours: it and asks for a framed reply.
 *
 *     header = [white] (integer / "list" [SP "long"] / "stream" SP path [SP "from byte" SP integer] / resume) [white] LF
 *     resume = "resume" SP (token / "start" / "end") [SP path]
 */
export type TailsrvRequest =
  | { readonly kind: 'offset'; readonly offset: number }
  | {
      readonly kind: 'list'
      /** With size and time of each file. Absent in a list of paths alone. */
      readonly long?: true | undefined
    }
  | { readonly kind: 'stream'; readonly path: string; readonly from?: number | undefined }
  | {
      readonly kind: 'resume'
      /** Where to go on, or where to begin when nothing was read yet. */
      readonly token: ResumeToken | 'start' | 'end'
      /** The file in a directory; absent for the one file of the server. */
      readonly path?: string | undefined
    }

/** Sans-I/O reader of the header. What follows the first line is ignored, as in the original. */
export class TailsrvHeaderDecoder {
  readonly #reader: DelimitedReader
  #request: TailsrvRequest | undefined

  /** @param maxHeaderBytes - Longest line, its `\n` not counted. */
  constructor(maxHeaderBytes: number = DEFAULT_MAX_HEADER_BYTES) {
    this.#reader = new DelimitedReader({ delimiter: 10, maxBytes: maxHeaderBytes, what: 'header' })
  }

  /** Adds a chunk; ignored once the header is there. */
  push(chunk: Uint8Array): void {
    if (!this.#request) this.#reader.push(chunk)
  }

  /**
   * The request, or `undefined` while the line is incomplete. The same request again on later calls.
   *
   * @throws ProtocolError `LF_PROTOCOL_HEADER` for a line that asks for nothing, `LF_PROTOCOL_FRAME_TOO_LARGE`
   */
  read(): TailsrvRequest | undefined {
    if (this.#request) return this.#request
    const line = this.#reader.read()
    if (line) this.#request = parseHeader(line)
    return this.#request
  }

  /** The reader closed its side. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` before the header was there */
  end(): void {
    if (this.#request) return
    throw new ProtocolError('LF_PROTOCOL_TRUNCATED', 'connection ended before the header was complete')
  }
}

/** The header line for a request, with its `\n`. @throws ProtocolError `LF_PROTOCOL_UNENCODABLE` for a path with `\n` */
export function formatTailsrvHeader(request: TailsrvRequest): string {
  return `${headerText(request)}\n`
}

/**
 * The first byte to send for an asked offset in a file of `size` bytes: negative counts from the end and never reaches
 * before byte 0; beyond the end means to wait until the file is that long.
 */
export function resolveStart(offset: number, size: number): number {
  return offset < 0 ? Math.max(0, size + offset) : offset
}

function headerText(request: TailsrvRequest): string {
  switch (request.kind) {
    case 'offset':
      return String(request.offset)
    case 'list':
      return request.long ? 'list long' : 'list'
    case 'stream':
      return `stream ${line(request.path)}${request.from === undefined ? '' : ` from byte ${request.from}`}`
    case 'resume': {
      const token = typeof request.token === 'string' ? request.token : formatResumeToken(request.token)
      return `resume ${token}${request.path === undefined ? '' : ` ${line(request.path)}`}`
    }
  }
}

function line(path: string): string {
  if (path.includes('\n')) throw new ProtocolError('LF_PROTOCOL_UNENCODABLE', 'a path with a newline has no header')
  return path
}

function parseHeader(bytes: Uint8Array): TailsrvRequest {
  const text = strictUtf8Text(bytes)?.trim()
  if (text === undefined) throw refused('header is not UTF-8')
  if (/^[+-]?\d/.test(text)) return { kind: 'offset', offset: integer(text) }
  if (text === 'list') return { kind: 'list' }
  if (/^list +long$/.test(text)) return { kind: 'list', long: true }
  const [, command = '', rest = ''] = /^(stream|resume)[ ]+(.+)$/su.exec(text) ?? []
  if (command === 'stream') return parseStream(rest)
  if (command === 'resume') return parseResume(rest)
  throw refused('header is neither an offset nor a command')
}

function parseStream(text: string): TailsrvRequest {
  const [, path, from] = /^(.+) from byte ([+-]?\d+)$/su.exec(text) ?? []
  if (path !== undefined && from !== undefined) return { kind: 'stream', path: checked(path), from: integer(from) }
  return { kind: 'stream', path: checked(text) }
}

function parseResume(text: string): TailsrvRequest {
  const space = text.indexOf(' ')
  const word = space === -1 ? text : text.slice(0, space)
  const path = space === -1 ? undefined : checked(text.slice(space + 1))
  if (word === 'start' || word === 'end') return { kind: 'resume', token: word, path }
  try {
    return { kind: 'resume', token: parseResumeToken(word), path }
  } catch (cause) {
    if (cause instanceof CoreError) throw refused('header names no resume token', cause)
    throw cause
  }
}

function checked(path: string): string {
  if (path.includes('\0')) throw refused('path has a NUL byte')
  return path
}

function integer(text: string): number {
  const number = Number(text)
  if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(number)) throw refused('offset is not an integer')
  return number === 0 ? 0 : number
}

function refused(message: string, cause?: unknown): ProtocolError {
  return new ProtocolError('LF_PROTOCOL_HEADER', message, cause === undefined ? {} : { cause })
}
