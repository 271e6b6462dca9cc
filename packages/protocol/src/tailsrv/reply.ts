import { formatResumeToken, parseResumeToken, type GapReason, type ResumeToken } from '@logflow/core'
import { ProtocolError } from '../errors.ts'
import { FieldReader, FieldWriter } from '../native/fields.ts'
import { encodeFrame, encodeFrameHeader, FrameDecoder, type Frame } from '../native/frame.ts'
import { GAP_REASONS } from '../native/gap-reasons.ts'
import { strictUtf8Text, utf8Bytes } from '../utf8.ts'

/** Kinds of frames in the reply to a `resume` header. */
export const REPLY_KINDS = { accepted: 16, bytes: 17, gap: 18, position: 19, ended: 20, refused: 21 } as const
/** Longest body of a reply frame of bytes. */
export const MAX_REPLY_BYTES: number = 1024 * 1024
const MAX_REPLY_TEXT_BYTES = 16 * 1024
const GAP_BYTES = 17

/**
 * What a server says to a reader that asked for a framed reply. The offset of `bytes` is not sent: it is that of the
 * last `accepted`, plus all bytes since, and `to` after a gap. A rotation is `ended` with `rotated`, then the next
 * `accepted` with another source id and offset 0.
 *
 *     accepted  | offset u64 | source id (UTF-8) |      bytes    | raw |
 *     gap       | from u64 | to u64 | reason u8 |       position | resume token (ASCII) |
 *     ended     | reason (ASCII) |                      refused  | text (UTF-8) |
 */
export type TailsrvReply =
  | { readonly kind: 'accepted'; readonly sourceId: string; readonly offset: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'gap'; readonly from: number; readonly to: number; readonly reason: GapReason }
  /** The reader may save it: everything up to here was sent. */
  | { readonly kind: 'position'; readonly token: ResumeToken }
  | { readonly kind: 'ended'; readonly reason: 'rotated' | 'truncated' | 'gone' | 'stopping' }
  /** The last frame: why there is no stream, for a person. */
  | { readonly kind: 'refused'; readonly text: string }

const ENDS = ['rotated', 'truncated', 'gone', 'stopping'] as const

/** One frame of a framed reply. */
export function encodeTailsrvReply(reply: TailsrvReply): Uint8Array {
  return encodeFrame({ kind: REPLY_KINDS[reply.kind], flags: 0, body: replyBody(reply) })
}

/** Header of a `bytes` frame whose `length` bytes follow from elsewhere, as with sendfile. */
export function encodeReplyBytesHeader(length: number): Uint8Array {
  return encodeFrameHeader({ kind: REPLY_KINDS.bytes, flags: 0, length })
}

/** Sans-I/O reader of a framed reply. `bytes` share memory with the pushed chunks. */
export class TailsrvReplyDecoder {
  readonly #frames = new FrameDecoder(maxBodyBytes)

  /** Adds a chunk, which is handed over. */
  push(chunk: Uint8Array): void {
    this.#frames.push(chunk)
  }

  /**
   * The next part of the reply, or `undefined` while bytes are missing.
   *
   * @throws ProtocolError `LF_PROTOCOL_UNKNOWN_KIND`, `LF_PROTOCOL_MALFORMED`, `LF_PROTOCOL_FRAME_TOO_LARGE`
   */
  read(): TailsrvReply | undefined {
    const frame = this.#frames.read()
    return frame && parseReply(frame)
  }

  /** The server closed. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` inside a frame */
  end(): void {
    this.#frames.end()
  }
}

function replyBody(reply: TailsrvReply): Uint8Array {
  switch (reply.kind) {
    case 'accepted': {
      const id = utf8Bytes(reply.sourceId)
      return new FieldWriter(8 + id.length).uint64(reply.offset).bytes(id).done()
    }
    case 'bytes':
      return reply.bytes
    case 'gap': {
      const fields = new FieldWriter(GAP_BYTES).uint64(reply.from).uint64(reply.to)
      return fields.uint8(GAP_REASONS.indexOf(reply.reason)).done()
    }
    case 'position':
      return utf8Bytes(formatResumeToken(reply.token))
    case 'ended':
      return utf8Bytes(reply.reason)
    case 'refused':
      return utf8Bytes(reply.text)
  }
}

function maxBodyBytes(kind: number): number {
  switch (kind) {
    case REPLY_KINDS.bytes:
      return MAX_REPLY_BYTES
    case REPLY_KINDS.gap:
      return GAP_BYTES
    case REPLY_KINDS.accepted:
    case REPLY_KINDS.position:
    case REPLY_KINDS.ended:
    case REPLY_KINDS.refused:
      return MAX_REPLY_TEXT_BYTES
    default:
      throw new ProtocolError('LF_PROTOCOL_UNKNOWN_KIND', `unknown kind of frame: ${kind}`, { detail: { kind } })
  }
}

function parseReply({ kind, body }: Frame): TailsrvReply {
  const fields = new FieldReader(body)
  switch (kind) {
    case REPLY_KINDS.accepted:
      return { kind: 'accepted', offset: fields.offset(), sourceId: text(fields.rest()) }
    case REPLY_KINDS.bytes:
      return { kind: 'bytes', bytes: body }
    case REPLY_KINDS.gap: {
      const [from, to, reason] = [fields.offset(), fields.offset(), GAP_REASONS[fields.uint8()]]
      if (!reason || to < from) throw malformed('gap is no gap')
      return { kind: 'gap', from, to, reason }
    }
    case REPLY_KINDS.position:
      return { kind: 'position', token: resumeToken(text(body)) }
    case REPLY_KINDS.ended: {
      const reason = ENDS.find(name => name === text(body))
      if (!reason) throw malformed('unknown reason of an end')
      return { kind: 'ended', reason }
    }
    default:
      return { kind: 'refused', text: text(body) }
  }
}

function resumeToken(word: string): ResumeToken {
  try {
    return parseResumeToken(word)
  } catch (cause) {
    throw new ProtocolError('LF_PROTOCOL_MALFORMED', 'position is no resume token', { cause })
  }
}

function text(bytes: Uint8Array): string {
  const decoded = strictUtf8Text(bytes)
  if (decoded === undefined) throw malformed('text is not UTF-8')
  return decoded
}

function malformed(message: string): ProtocolError {
  return new ProtocolError('LF_PROTOCOL_MALFORMED', message)
}
