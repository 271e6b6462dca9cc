import { ProtocolError } from '../errors.ts'
import { strictUtf8Text, utf8Bytes } from '../utf8.ts'

/** The second step of a gfiber upload as its original posts it. */
export interface MultipartBody {
  /** Value of `Content-Type`, with the boundary. */
  readonly contentType: string
  readonly body: Uint8Array
}

/** What {@link encodeMultipart} needs. */
export interface MultipartInit {
  /** File name; no quote, backslash or control character. */
  readonly name: string
  /** Makes the boundary, as in the original. */
  readonly unixSeconds: number
  /** The file: a zlib stream. */
  readonly content: Uint8Array
}

/**
 * Byte for byte what the original uploader posts: the boundary with its double hyphen, one part named `file` without
 * a type, an empty line after the end.
 *
 * @throws ProtocolError `LF_PROTOCOL_UNENCODABLE`
 */
export function encodeMultipart({ name, unixSeconds, content }: MultipartInit): MultipartBody {
  if (/["\\\p{Cc}]/u.test(name)) throw new ProtocolError('LF_PROTOCOL_UNENCODABLE', 'file name needs escapes')
  const boundary = `foo-splitter--${unixSeconds}`
  const head = utf8Bytes(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`)
  const tail = utf8Bytes(`\r\n--${boundary}--\r\n\r\n`)
  const body = new Uint8Array(head.length + content.length + tail.length)
  body.set(head)
  body.set(content, head.length)
  body.set(tail, head.length + content.length)
  return { contentType: `multipart/form-data; boundary=${boundary}`, body }
}

/** The boundary that a content type names. @throws ProtocolError `LF_PROTOCOL_MALFORMED` when it is no form */
export function parseBoundary(contentType: string): string {
  const [, quoted, bare] =
    /^multipart\/form-data\s*;(?:[^,]*;)?\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;,"]{1,70}))\s*(?:;|$)/i.exec(
      contentType,
    ) ?? []
  const boundary = quoted ?? bare
  if (boundary === undefined) throw malformed('content type names no form boundary')
  return boundary
}

/** What {@link MultipartDecoder} yields: the head of a part, its bytes in pieces, its end. */
export type MultipartEvent =
  | { readonly kind: 'part'; readonly name: string; readonly filename: string | undefined }
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'part-end' }

/** Options of {@link MultipartDecoder}. */
export interface MultipartDecoderOptions {
  readonly boundary: string
  /** Bytes of all parts together. @defaultValue 16 MiB */
  readonly maxContentBytes?: number
  /** Bytes of the headers of one part. @defaultValue 4 KiB */
  readonly maxHeaderBytes?: number
  /** @defaultValue 8 */
  readonly maxParts?: number
}

const CRLF2 = Uint8Array.of(13, 10, 13, 10)

/**
 * Sans-I/O reader of a form (RFC 7578). It holds back no more than a boundary and the headers of one part; data comes
 * out as it arrives.
 */
export class MultipartDecoder {
  readonly #boundary: Uint8Array
  readonly #maxContentBytes: number
  readonly #maxHeaderBytes: number
  readonly #maxParts: number
  #state: 'start' | 'boundary' | 'headers' | 'data' | 'done' = 'start'
  #bytes: Uint8Array
  #parts = 0
  #contentBytes = 0

  constructor(options: MultipartDecoderOptions) {
    const { boundary, maxContentBytes = 16 * 1024 * 1024, maxHeaderBytes = 4096, maxParts = 8 } = options
    this.#boundary = utf8Bytes(`\r\n--${boundary}`)
    // The first boundary may lack the line end before it; this one is virtual.
    this.#bytes = Uint8Array.of(13, 10)
    this.#maxContentBytes = maxContentBytes
    this.#maxHeaderBytes = maxHeaderBytes
    this.#maxParts = maxParts
  }

  /** Adds a chunk; ignored after the final boundary. Call {@link MultipartDecoder.read} until it is empty after each. */
  push(chunk: Uint8Array): void {
    if (this.#state === 'done') return
    const joined = new Uint8Array(this.#bytes.length + chunk.length)
    joined.set(this.#bytes)
    joined.set(chunk, this.#bytes.length)
    this.#bytes = joined
  }

  /**
   * What comes next, or `undefined` while bytes are missing or after the end.
   *
   * @throws ProtocolError `LF_PROTOCOL_MALFORMED`, `LF_PROTOCOL_FRAME_TOO_LARGE`
   */
  read(): MultipartEvent | undefined {
    for (;;) {
      switch (this.#state) {
        case 'start':
          if (!this.#skipPreamble()) return undefined
          break
        case 'boundary':
          if (!this.#readBoundaryEnd()) return undefined
          break
        case 'headers':
          return this.#readHeaders()
        case 'data':
          return this.#readData()
        case 'done':
          return undefined
      }
    }
  }

  /** The body ended. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` before the final boundary */
  end(): void {
    if (this.#state === 'done') return
    throw new ProtocolError('LF_PROTOCOL_TRUNCATED', 'form ended before its final boundary')
  }

  /** Whether the first boundary was found. */
  #skipPreamble(): boolean {
    const at = indexOfBytes(this.#bytes, this.#boundary)
    if (at === -1) {
      if (this.#bytes.length > this.#maxHeaderBytes + this.#boundary.length) throw malformed('form has no boundary')
      return false
    }
    this.#take(at + this.#boundary.length)
    this.#state = 'boundary'
    return true
  }

  /** After a boundary: `--` ends the form, a line end begins a part. */
  #readBoundaryEnd(): boolean {
    if (this.#bytes.length < 2) return false
    const [a, b] = [this.#bytes[0], this.#bytes[1]]
    if (a === 0x2d && b === 0x2d) this.#state = 'done'
    else if (a === 13 && b === 10) this.#state = 'headers'
    else throw malformed('boundary is followed by neither a line end nor two hyphens')
    this.#take(this.#state === 'done' ? this.#bytes.length : 0)
    return true
  }

  /** The line end of the boundary is still there, so that a part without headers ends like any other. */
  #readHeaders(): MultipartEvent | undefined {
    const end = indexOfBytes(this.#bytes, CRLF2)
    const size = end === -1 ? this.#bytes.length : end
    if (size > this.#maxHeaderBytes) {
      throw new ProtocolError('LF_PROTOCOL_FRAME_TOO_LARGE', `headers of a part are over ${this.#maxHeaderBytes} bytes`)
    }
    if (end === -1) return undefined
    if (++this.#parts > this.#maxParts) throw malformed(`form has more than ${this.#maxParts} parts`)
    const headers = strictUtf8Text(this.#bytes.subarray(0, end))
    this.#take(end + CRLF2.length)
    this.#state = 'data'
    const disposition = /\r\ncontent-disposition:\s*form-data\s*;([^\r\n]*)/i.exec(headers ?? '')?.[1]
    const name = disposition && parameter(disposition, 'name')
    if (disposition === undefined || name === undefined) throw malformed('part has no name')
    return { kind: 'part', name, filename: parameter(disposition, 'filename') }
  }

  #readData(): MultipartEvent | undefined {
    const at = indexOfBytes(this.#bytes, this.#boundary)
    if (at === 0) {
      this.#take(this.#boundary.length)
      this.#state = 'boundary'
      return { kind: 'part-end' }
    }
    // What may be the beginning of a boundary waits.
    const size = at === -1 ? this.#bytes.length - this.#boundary.length + 1 : at
    if (size <= 0) return undefined
    this.#contentBytes += size
    if (this.#contentBytes > this.#maxContentBytes) {
      throw new ProtocolError('LF_PROTOCOL_FRAME_TOO_LARGE', `form holds more than ${this.#maxContentBytes} bytes`)
    }
    const bytes = this.#bytes.subarray(0, size)
    this.#take(size)
    return { kind: 'data', bytes }
  }

  #take(size: number): void {
    this.#bytes = this.#bytes.subarray(size)
  }
}

function parameter(disposition: string, name: string): string | undefined {
  return new RegExp(`(?:^|;)\\s*${name}="([^"]*)"`, 'i').exec(disposition)?.[1]
}

function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array): number {
  const first = wanted[0] as number
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    let i = 1
    while (i < wanted.length && bytes[at + i] === wanted[i]) i++
    if (i === wanted.length) return at
  }
  return -1
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('LF_PROTOCOL_MALFORMED', message)
}
