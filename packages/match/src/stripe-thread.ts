import { readSync } from 'node:fs'
import type { BlockSearch } from './block-search.ts'
import { compilePattern } from './matcher.ts'
import type { StripeAnswer, StripeJob, StripeSetup, StripeThread } from './stripe-messages.ts'

const NEWLINE = 10

/** Bytes read at a time at most: what is searched stays in the processor's cache. */
const MOST_READ_BYTES = 512 * 1024

/** The part of a thread in {@link searchStripes}: searches what comes through `port` until that is closed. */
export function serveStripes(port: StripeThread): void {
  let searcher: StripeSearcher | undefined
  port.on('message', message => {
    const request = message as StripeSetup | StripeJob
    if (request.kind === 'setup') searcher = new StripeSearcher(request)
    else if (searcher) {
      const answer = searcher.search(request)
      port.postMessage(answer, [answer.memory])
    }
  })
}

class StripeSearcher {
  readonly #setup: StripeSetup
  readonly #search: BlockSearch
  readonly #text: Buffer
  readonly #readBytes: number
  #position = 0
  /** Bytes of the open line, at the start of the text. */
  #held = 0
  #output = new Uint8Array(0)
  #length = 0

  constructor(setup: StripeSetup) {
    const { pattern, literal, invert, withNewline, maxLineBytes } = setup
    this.#setup = setup
    this.#readBytes = Math.min(MOST_READ_BYTES, maxLineBytes)
    const textBytes = maxLineBytes + this.#readBytes
    this.#search = compilePattern(pattern, { literal }).searchBlocks({ textBytes, invert, withNewline })
    const { buffer, byteOffset, length } = this.#search.text
    this.#text = Buffer.from(buffer, byteOffset, length)
  }

  search({ index, from, to, memory }: StripeJob): StripeAnswer {
    this.#output = new Uint8Array(memory ?? new ArrayBuffer(to - from))
    this.#length = 0
    this.#held = 0
    let start = -1
    let through = -1
    let stopped = true
    try {
      start = this.#firstLine(from, to)
      if (start !== -1) through = this.#searchLines(start, to)
      stopped = start !== -1 && through < to
    } catch {
      // Whoever goes on from here finds out what it is.
    }
    if (through === -1) start = -1
    return { index, start, through, memory: this.#output.buffer, length: this.#length, stopped }
  }

  /** Where the first line begins that begins in the stripe; -1 when none does. */
  #firstLine(from: number, to: number): number {
    if (from === 0) return 0
    for (let at = from - 1; at < to - 1;) {
      const size = this.#read(0, at)
      if (size === 0) throw new Error('the file ends')
      const newline = this.#text.subarray(0, size).indexOf(NEWLINE)
      if (newline !== -1) return at + newline + 1 < to ? at + newline + 1 : -1
      at += size
    }
    return -1
  }

  /** Searches line by line up to the one that ends at or behind `to`; returns where it ends, or where no line ends any more. */
  #searchLines(start: number, to: number): number {
    let through = start
    this.#position = start
    while (through < to) {
      const size = this.#read(this.#held, this.#position)
      if (size === 0 || this.#firstLineBytes(this.#held + size) > this.#setup.maxLineBytes) break
      this.#position += size
      const end = this.#wholeLines(this.#held + size, to - through)
      if (end > 0) this.#add(this.#search.choose(0, end).bytes)
      this.#text.copyWithin(0, end, this.#held + size)
      this.#held += size - end
      through += end
    }
    return through
  }

  /** How much of the first `size` bytes are whole lines that begin before `limit`. */
  #wholeLines(size: number, limit: number): number {
    const text = this.#text.subarray(0, size)
    // The line that begins last before the limit ends at or behind it.
    const last = size < limit ? -1 : text.indexOf(NEWLINE, limit - 1)
    return last === -1 ? text.lastIndexOf(NEWLINE) + 1 : last + 1
  }

  /** Only the line that was open before can be too long, since what is read at a time is not. */
  #firstLineBytes(size: number): number {
    const newline = this.#text.subarray(0, size).indexOf(NEWLINE, this.#held)
    return newline === -1 ? size : newline
  }

  #add(chosen: Uint8Array): void {
    const length = this.#length + chosen.length
    if (length > this.#output.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#output.length))
      larger.set(this.#output.subarray(0, this.#length))
      this.#output = larger
    }
    this.#output.set(chosen, this.#length)
    this.#length = length
  }

  #read(from: number, position: number): number {
    return readSync(this.#setup.descriptor, this.#text, from, this.#readBytes, position)
  }
}
