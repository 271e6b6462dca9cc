const NEWLINE = 10

/** A longer line is cut at every multiple of this, as the original's buffer does. */
const LOGOS_LINE_BYTES = 768

/** A line, or a piece of one; `overlong` on the last piece of a line that was cut. */
export interface CutLine {
  readonly bytes: Uint8Array
  readonly overlong: boolean
}

/**
 * Lines of input as the original sees them: 767 bytes pass whole, a line of 768 is a piece of 768 and an empty rest.
 * The same however the input is cut into chunks.
 */
export class LineCutter {
  #rest: Uint8Array = new Uint8Array(0)
  #overlong = false

  /** Lines that are complete now. */
  push(chunk: Uint8Array): CutLine[] {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const lines: CutLine[] = []
    let at = 0
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, at)
      const full = at + LOGOS_LINE_BYTES
      if (newline !== -1 && newline < full) {
        lines.push({ bytes: bytes.subarray(at, newline), overlong: this.#overlong })
        this.#overlong = false
        at = newline + 1
      } else if (bytes.length >= full) {
        lines.push({ bytes: bytes.subarray(at, full), overlong: false })
        this.#overlong = true
        at = full
      } else break
    }
    this.#rest = Uint8Array.from(bytes.subarray(at))
    return lines
  }

  /** What the input ended with instead of a newline; nothing after a newline. */
  end(): CutLine | undefined {
    const bytes = this.#rest
    this.#rest = new Uint8Array(0)
    return bytes.length === 0 ? undefined : { bytes, overlong: false }
  }
}
