const KIBIBYTE = 1024

/** One mark per KiB: `.`, every eighth `,`, every 32nd `|`. */
export class ProgressMarks {
  #bytes = 0

  /** The marks for `count` more bytes. */
  advance(count: number): string {
    const before = Math.floor(this.#bytes / KIBIBYTE)
    this.#bytes += count
    const after = Math.floor(this.#bytes / KIBIBYTE)
    let marks = ''
    for (let kibibyte = before + 1; kibibyte <= after; kibibyte++) {
      marks += kibibyte % 32 === 0 ? '|' : kibibyte % 8 === 0 ? ',' : '.'
    }
    return marks
  }
}
