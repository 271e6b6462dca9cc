import { ByteQueue } from '@logflow/core'
import { ProtocolError } from '../errors.ts'

/** Bytes before the body of a {@link Frame}. */
export const FRAME_HEADER_BYTES = 6
/** Longest body of a {@link Frame}: a batch of the default size, with room for one line of the largest limit. */
export const DEFAULT_MAX_FRAME_BYTES: number = 16 * 1024 * 1024

/**
 * The unit of the native wire. Integers are big-endian.
 *
 *     0      1       2              6
 *     | kind | flags | length (u32) | body (length bytes) |
 */
export interface Frame {
  readonly kind: number
  readonly flags: number
  readonly body: Uint8Array
}

/** A frame as bytes. */
export function encodeFrame({ kind, flags, body }: Frame): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES + body.length)
  bytes.set(encodeFrameHeader({ kind, flags, length: body.length }))
  bytes.set(body, FRAME_HEADER_BYTES)
  return bytes
}

/** The header alone, for a body that does not pass through JavaScript. @throws RangeError when `length` is no u32 */
export function encodeFrameHeader({
  kind,
  flags,
  length,
}: {
  kind: number
  flags: number
  length: number
}): Uint8Array {
  if (!Number.isInteger(length) || length < 0 || length > 0xffff_ffff) {
    throw new RangeError(`a frame cannot hold ${length} bytes`)
  }
  const bytes = new Uint8Array(FRAME_HEADER_BYTES)
  bytes[0] = kind
  bytes[1] = flags
  new DataView(bytes.buffer).setUint32(2, length)
  return bytes
}

/** Sans-I/O: bytes go in through `push`, whole frames come out of `read`, `end` proves nothing was cut off. */
export class FrameDecoder {
  readonly #bytes = new ByteQueue()
  readonly #limit: (kind: number) => number

  /** @param maxFrameBytes - Longest body, for all kinds or by kind. Checked on the header, before the body is kept. */
  constructor(maxFrameBytes: number | ((kind: number) => number) = DEFAULT_MAX_FRAME_BYTES) {
    this.#limit = typeof maxFrameBytes === 'number' ? () => maxFrameBytes : maxFrameBytes
  }

  /** Bytes that were pushed and not read. */
  get pendingBytes(): number {
    return this.#bytes.length
  }

  /** Adds a chunk, which is handed over. */
  push(chunk: Uint8Array): void {
    this.#bytes.push(chunk)
  }

  /**
   * The next whole frame, or `undefined` while bytes are missing. `body` shares memory with the pushed chunks.
   *
   * @throws ProtocolError `LF_PROTOCOL_FRAME_TOO_LARGE`
   */
  read(): Frame | undefined {
    if (this.#bytes.length < FRAME_HEADER_BYTES) return undefined
    const kind = this.#bytes.peek(0)
    const length = this.#bytes.peekUint32(2)
    const limit = this.#limit(kind)
    if (length > limit) {
      throw new ProtocolError('LF_PROTOCOL_FRAME_TOO_LARGE', `frame declares ${length} bytes, limit is ${limit}`, {
        detail: { kind, length, limit },
      })
    }
    if (this.#bytes.length < FRAME_HEADER_BYTES + length) return undefined
    const flags = this.#bytes.peek(1)
    this.#bytes.skip(FRAME_HEADER_BYTES)
    return { kind, flags, body: this.#bytes.take(length) }
  }

  /** The stream ended. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` inside a frame */
  end(): void {
    const bytes = this.#bytes.length
    if (bytes === 0) return
    throw new ProtocolError('LF_PROTOCOL_TRUNCATED', `stream ended inside a frame, ${bytes} bytes left`, {
      detail: { bytes },
    })
  }
}
