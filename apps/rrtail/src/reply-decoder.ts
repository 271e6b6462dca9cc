import { ByteQueue } from '@logflow/core'
import { RrtailError } from './errors.ts'

/** A part of the reply of the remote script, see `remote-script.ts`. */
export type ReplyPart =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'more' | 'lost' | 'idle' | 'late'; readonly number: number }
  | { readonly kind: 'this' | 'next' | 'name' | 'bad'; readonly text: string }

const NEWLINE = 10
const MAX_LINE_BYTES = 8192
const MAX_NOISE_BYTES = 64 * 1024

/**
 * Sans-I/O reader of the reply. What a login shell prints before the first line of the script is skipped. A file that is
 * cut while it is copied gives fewer bytes than announced: then the next line lies where bytes should be, and is found.
 */
export class ReplyDecoder {
  readonly #bytes = new ByteQueue()
  readonly #marker: Uint8Array
  readonly #markerText: string
  #held: Uint8Array = new Uint8Array(0)
  #left = 0
  #cut = false
  #noise = 0
  #begun = false

  constructor(marker: string) {
    this.#markerText = marker
    this.#marker = Buffer.from(marker, 'latin1')
  }

  push(chunk: Uint8Array): void {
    this.#bytes.push(chunk)
  }

  /** The next part, or `undefined` while bytes are missing. @throws RrtailError `LF_RRTAIL_CONNECTION` on anything else */
  read(): ReplyPart | undefined {
    if (this.#left > 0) return this.#readBytes()
    for (;;) {
      const end = this.#bytes.indexOf(NEWLINE)
      if (end === -1 && this.#bytes.length <= MAX_LINE_BYTES) return undefined
      const line = this.#bytes.take(end === -1 ? this.#bytes.length : end + 1)
      const part = this.#parse(line)
      if (part) return part
      this.#noise += line.length
      if (this.#begun || this.#noise > MAX_NOISE_BYTES) throw broken('the server did not answer as its script would')
    }
  }

  #readBytes(): ReplyPart | undefined {
    if (this.#cut) throw broken('the file was cut while it was copied')
    const fresh = this.#bytes.take(Math.min(this.#left - this.#held.length, this.#bytes.length))
    if (fresh.length === 0) return undefined
    const view =
      this.#held.length > 0
        ? Buffer.concat([this.#held, fresh])
        : Buffer.from(fresh.buffer, fresh.byteOffset, fresh.length)
    const at = view.indexOf(this.#marker)
    this.#cut = at !== -1
    // What may be the first part of the marker waits for the rest of it; at the announced end it cannot be one.
    const end = this.#cut ? at : view.length - (view.length < this.#left ? this.#markerStart(view) : 0)
    this.#held = view.subarray(end)
    this.#left -= end
    if (end === 0) return this.#readBytes()
    return { kind: 'bytes', bytes: new Uint8Array(view.buffer, view.byteOffset, end) }
  }

  /** Length of the longest end of `view` that a marker could begin with. */
  #markerStart(view: Buffer): number {
    const first = this.#marker[0] as number
    for (let at = Math.max(0, view.length - this.#marker.length + 1); ; at++) {
      at = view.indexOf(first, at)
      if (at === -1) return 0
      if (Buffer.compare(view.subarray(at), this.#marker.subarray(0, view.length - at)) === 0) return view.length - at
    }
  }

  #parse(line: Uint8Array): ReplyPart | undefined {
    const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8')
    const { word, value } = /^(?<marker>\S+) (?<word>[a-z]+) (?<value>.+)\n$/s.exec(text)?.groups ?? {}
    if (word === undefined || value === undefined || !text.startsWith(`${this.#markerText} `)) return undefined
    const part = partOf(word, value)
    if (!part) return undefined
    this.#begun = true
    if (part.kind === 'more') this.#left = part.number
    return part
  }
}

function partOf(kind: string, value: string): ReplyPart | undefined {
  switch (kind) {
    case 'more':
    case 'lost':
    case 'idle':
    case 'late':
      return /^\d{1,15}$/.test(value) ? { kind, number: Number(value) } : undefined
    case 'this':
    case 'next':
      return /^\d{1,20}$/.test(value) ? { kind, text: value } : undefined
    case 'name':
    case 'bad':
      return { kind, text: value }
    default:
      return undefined
  }
}

function broken(message: string): RrtailError {
  return new RrtailError('LF_RRTAIL_CONNECTION', message)
}
