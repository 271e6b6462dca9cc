const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** `bytes[from, to)` as text: UTF-8, invalid bytes become U+FFFD, a byte order mark stays. */
export function decodeText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  if (to - from > 24) return utf8.decode(bytes.subarray(from, to))
  // Short ASCII is the common case, and a call into the decoder costs more than the bytes.
  let text = ''
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte >= 0x80) return utf8.decode(bytes.subarray(from, to))
    text += String.fromCharCode(byte)
  }
  return text
}

/**
 * The text of a run of bytes, decoded once, cut by byte positions. The pieces share memory with the whole text, so one
 * kept piece keeps the whole alive.
 */
export class BatchText {
  readonly #bytes: Uint8Array
  readonly #text: string
  readonly #aligned: boolean

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#text = utf8.decode(bytes)
    // Every byte gave one character exactly when the lengths agree: no sequence yields more characters than bytes.
    this.#aligned = this.#text.length === bytes.length
  }

  /** The bytes `[from, to)` as text. */
  slice(from: number, to: number): string {
    return this.#aligned ? this.#text.slice(from, to) : decodeText(this.#bytes, from, to)
  }
}
