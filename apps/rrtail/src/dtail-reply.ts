import { lineOffset, type LineBatch, type Source } from '@logflow/core'
import type { NativeItem } from '@logflow/protocol'
import { RrtailError } from './errors.ts'
import type { Position } from './position.ts'
import type { RemotePart } from './remote-part.ts'

/** What a native session says about one file, as parts. Everything has its offset, so a hole cannot go unseen. */
export class DtailReply {
  readonly #position: Position
  readonly #onMessage: ((text: string) => void) | undefined
  #source: Source | undefined
  #said = ''

  constructor(position: Position, onMessage?: (text: string) => void) {
    this.#position = position
    this.#onMessage = onMessage
  }

  *take(item: NativeItem): Generator<RemotePart> {
    switch (item.kind) {
      case 'message':
        this.#said = Buffer.from(item.content).toString().trim()
        this.#onMessage?.(`${this.#said}\n`)
        break
      case 'lines':
        yield* this.#lines(item)
        break
      case 'gap':
        yield* this.#enter(item.source, item.from)
        yield { kind: 'skipped', what: { why: 'gap', from: item.from, to: item.to, reason: item.reason } }
        break
      case 'event':
        if (item.event === 'failed') this.#said = JSON.stringify(item.detail ?? {})
        break
      // Nothing is selected or packed, as nobody asked for that.
      case 'block':
      case 'position':
      case 'packed':
    }
  }

  /** The server has nothing more. @throws RrtailError always */
  end(): never {
    if (this.#source) throw new RrtailError('LF_RRTAIL_CONNECTION', 'the server ended the session')
    throw new RrtailError('LF_RRTAIL_FILE', this.#said === '' ? 'the server finds no such file' : this.#said)
  }

  *#lines(batch: LineBatch): Generator<RemotePart> {
    if (batch.ends.length === 0) return
    const at = lineOffset(batch, 0)
    const entered = yield* this.#enter(batch.source, at)
    const expected = entered ? 0 : this.#position.offset
    if (at > expected) yield { kind: 'skipped', what: { why: 'gap', from: expected, to: at, reason: 'unknown' } }
    const known = Math.max(0, expected - at)
    if (known < batch.bytes.length) yield { kind: 'bytes', bytes: batch.bytes.subarray(known) }
  }

  /** Another file than before begins. @returns whether it begins at its start, as the next one */
  *#enter(source: Source, at: number): Generator<RemotePart, boolean> {
    if (this.#source?.id === source.id) return false
    const before = this.#source?.id ?? this.#position.fileId
    this.#source = source
    if (before === undefined || before === source.id) {
      yield { kind: 'file', fileId: source.id }
      return false
    }
    yield { kind: 'rotated', fileId: source.id }
    if (at === 0) return true
    // Its start is missing: what was read before is done with all the same.
    yield { kind: 'lost', size: undefined }
    yield { kind: 'file', fileId: source.id }
    return true
  }
}
