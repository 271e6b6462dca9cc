import { ByteQueue } from '@logflow/core'
import { RrtailError } from './errors.ts'

/** A part of the reply of the remote script. */
export type ReplyPart =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** `rest`: that many bytes follow. `live`: bytes without end, from that offset. `lost`: size of the present file. */
  | { readonly kind: 'rest' | 'live' | 'lost'; readonly number: number }

const NEWLINE = 10
const MAX_LINE_BYTES = 4096
const MAX_NOISE_BYTES = 64 * 1024

/** Sans-I/O reader of the reply. What a login shell prints before the first line of the script is skipped. */
export class ReplyDecoder {
  readonly #bytes = new ByteQueue()
  readonly #marker: string
  #rest = 0
  #noise = 0
  #begun = false

  constructor(marker: string) {
    this.#marker = marker
  }

  push(chunk: Uint8Array): void {
    this.#bytes.push(chunk)
  }

  /** The next part, or `undefined` while bytes are missing. @throws RrtailError `LF_RRTAIL_CONNECTION` on anything else */
  read(): ReplyPart | undefined {
    if (this.#rest > 0) {
      if (this.#bytes.length === 0) return undefined
      const bytes = this.#bytes.take(Math.min(this.#rest, this.#bytes.length))
      this.#rest -= bytes.length
      return { kind: 'bytes', bytes }
    }
    for (;;) {
      const end = this.#bytes.indexOf(NEWLINE)
      if (end === -1 && this.#bytes.length <= MAX_LINE_BYTES) return undefined
      const line = this.#bytes.take(end === -1 ? this.#bytes.length : end + 1)
      const part = this.#parse(line)
      if (part) return part
      this.#noise += line.length
      if (this.#begun || this.#noise > MAX_NOISE_BYTES)
        throw new RrtailError('LF_RRTAIL_CONNECTION', 'the server did not answer as its script would')
    }
  }

  #parse(line: Uint8Array): ReplyPart | undefined {
    const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('latin1')
    const [marker, word, digits = ''] = text.trimEnd().split(' ')
    if (marker !== this.#marker || !/^\d{1,15}$/.test(digits)) return undefined
    if (word !== 'rest' && word !== 'live' && word !== 'lost') return undefined
    this.#begun = true
    const number = Number(digits)
    if (word === 'rest') this.#rest = number
    if (word === 'live') this.#rest = Infinity
    return { kind: word, number }
  }
}
