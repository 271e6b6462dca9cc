const NEWLINE = 10

/** Which of the lines 1 to `count`, each of which begins with its number, have come, however they were cut. */
export class NumberedLines {
  readonly #times: Uint8Array
  #open = Buffer.alloc(0)
  #missing: number
  #repeated = 0

  constructor(count: number) {
    this.#times = new Uint8Array(count + 1)
    this.#missing = count
  }

  /** How many have not come. */
  get missing(): number {
    return this.#missing
  }
  /** How many have come again. */
  get repeated(): number {
    return this.#repeated
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.concat([this.#open, chunk])
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      this.#take(parseInt(bytes.toString('latin1', start, end), 10))
      start = end + 1
    }
    this.#open = bytes.subarray(start)
  }

  #take(number: number): void {
    const times = this.#times[number]
    if (number === 0 || times === undefined) return // torn
    if (times === 0) this.#missing--
    else this.#repeated++
    this.#times[number] = 1
  }
}
