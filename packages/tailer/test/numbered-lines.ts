import { createHash } from 'node:crypto'
import type { Gap, LineBatch } from '@logflow/core'

/** A line that its number tells, so that nobody has to keep what was written. */
export function numberedLine(number: number): string {
  return `${number} ${'x'.repeat(((number % 20) * 37) % 200)}\n`
}

/** What a source has delivered so far. */
interface SourceSoFar {
  readonly first: number
  last: number
  torn: boolean
  bytes: number
  gapBytes: number
}

/** What was lost between the last byte of one source and the first of the next one, in bytes. */
export interface Loss {
  /** What a gap told. */
  readonly told: number
  readonly lost: number
}

/** Holds what is read against numbered lines, as it comes: nothing of it is kept but what was wrong. */
export class NumberedLinesCheck {
  readonly #hash = createHash('sha256')
  readonly #sources = new Map<string, SourceSoFar>()
  #seen = new Uint8Array(1024)
  #last = -1
  /** How many bytes were read. */
  bytes = 0
  /** Numbers of lines that nobody wrote so, or that came before. */
  readonly foreign: number[] = []
  /** Numbers of lines that came after one that was written later. */
  readonly late: number[] = []
  /** Numbers of lines that were not the next of their source. */
  readonly jumps: number[] = []
  /** Beginnings of lines that something of the same source came after. */
  readonly torn: number[] = []

  take({ source, bytes, ends }: LineBatch): void {
    this.#hash.update(bytes)
    this.bytes += bytes.length
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    let from = 0
    for (const end of ends) {
      this.#takeLine(source.id, text.toString('latin1', from, end))
      from = end
    }
  }

  takeGap({ source, from, to }: Gap): void {
    const known = this.#sources.get(source.id)
    if (known) known.gapBytes += to - from
  }

  /** What each source lost at its end, in the order in which they were written, when so many lines were `written`. */
  losses(written: number): Loss[] {
    const starts = startsOfLines(written)
    const sources = [...this.#sources.values()].sort((a, b) => a.first - b.first)
    return sources.map(({ first, bytes, gapBytes }, at) => {
      const next = sources[at + 1]?.first ?? written
      return { told: gapBytes, lost: (starts[next] as number) - (starts[first] as number) - bytes }
    })
  }

  /** SHA-256 of everything in the order in which it came. */
  digest(): string {
    return this.#hash.digest('hex')
  }

  /** Numbers below `written` of which no line came. */
  missing(written: number): number[] {
    return Array.from({ length: written }, (_, number) => number).filter(number => !this.#seen[number])
  }

  #takeLine(id: string, line: string): void {
    const number = parseInt(line, 10)
    const source = this.#sources.get(id) ?? { first: number, last: number - 1, torn: false, bytes: 0, gapBytes: 0 }
    this.#sources.set(id, source)
    source.bytes += line.length
    if (source.torn) this.torn.push(source.last)
    if (number !== source.last + 1) this.jumps.push(number)
    source.last = number
    const whole = numberedLine(number)
    // Of what logrotate copies between two pages of one write, the last line is only the beginning of one.
    source.torn = line !== whole && whole.startsWith(line)
    if (source.torn) return
    if (line !== whole || this.#isSeen(number)) this.foreign.push(number)
    else if (number < this.#last) this.late.push(number)
    this.#last = Math.max(this.#last, number)
  }

  #isSeen(number: number): boolean {
    if (number >= this.#seen.length) {
      const grown = new Uint8Array(number * 2)
      grown.set(this.#seen)
      this.#seen = grown
    }
    const before = this.#seen[number] === 1
    this.#seen[number] = 1
    return before
  }
}

/** Where each line begins that was written, and where the one after the last would. */
function startsOfLines(written: number): Float64Array {
  const starts = new Float64Array(written + 1)
  for (let number = 0; number < written; number++) {
    starts[number + 1] = (starts[number] as number) + numberedLine(number).length
  }
  return starts
}
