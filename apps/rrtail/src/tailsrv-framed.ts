import { formatTailHash } from '@logflow/tailer'
import { formatTailsrvHeader, TailsrvReplyDecoder, type TailsrvReply } from '@logflow/protocol'
import { RrtailError } from './errors.ts'
import type { Position } from './position.ts'
import type { RemotePart } from './remote-part.ts'

/** The header that asks a tailsrv of ours to go on at `position`, or to begin. */
export function framedHeader(path: string | undefined, position: Position): string {
  const { fileId, offset, tail } = position
  const token =
    fileId === undefined ? 'start' : { sourceId: fileId, offset, tailHash: formatTailHash(tail.slice(-256)) }
  return formatTailsrvHeader({ kind: 'resume', token, path })
}

/** What came of asking for frames. */
export type FramedAnswer =
  /** A tailsrv that does not know of frames. */
  | { readonly kind: 'unknown' }
  /** One that cannot go on where we are. */
  | { readonly kind: 'refused'; readonly why: string }

/**
 * The frames of a tailsrv of ours as parts. It tells of rotations itself and proves the file before it sends anything.
 *
 * @returns why there were none; nothing was yielded then
 */
export async function* framedParts(
  chunks: AsyncIterable<Uint8Array>,
  position: Position,
): AsyncGenerator<RemotePart, FramedAnswer | undefined> {
  const decoder = new TailsrvReplyDecoder()
  const state = new FramedReply(position)
  for await (const chunk of chunks) {
    decoder.push(new Uint8Array(chunk))
    for (let reply = decoder.read(); reply; reply = decoder.read()) {
      if (reply.kind === 'refused') return { kind: 'refused', why: reply.text }
      yield* state.take(reply)
    }
  }
  return state.accepted ? undefined : { kind: 'unknown' }
}

/** Follows the offsets of a reply, which are not sent with the bytes. */
class FramedReply {
  readonly #position: Position
  accepted = false

  constructor(position: Position) {
    this.#position = position
  }

  *take(reply: TailsrvReply): Generator<RemotePart> {
    switch (reply.kind) {
      case 'accepted':
        if (!this.accepted) this.#check(reply.offset)
        yield { kind: this.accepted ? 'rotated' : 'file', fileId: reply.sourceId }
        this.accepted = true
        break
      case 'bytes':
        yield { kind: 'bytes', bytes: reply.bytes }
        break
      case 'gap':
        yield { kind: 'skipped', what: { why: 'gap', from: reply.from, to: reply.to, reason: reply.reason } }
        break
      // A place is made of the last bytes here; the next `accepted` says that another file begins.
      case 'position':
      case 'ended':
      case 'refused':
    }
  }

  #check(offset: number): void {
    if (offset === this.#position.offset || this.#position.fileId === undefined) return
    throw new RrtailError('LF_RRTAIL_CONNECTION', `the server goes on at byte ${offset}`)
  }
}
