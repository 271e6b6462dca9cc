import type { Lines, LineScanner } from './line-scanner.ts'
import { lineStart, testedEnd } from './line-scanner.ts'

/** A few byte strings. */
export type Needles = readonly Uint8Array[]

/** Decides whether a line with a hit matches. */
export type Verify = (bytes: Uint8Array, range: { from: number; to: number }) => boolean

/** Whether one of the needles is in `bytes` between `from` and `to`. */
export function holdsNeedle(needles: Needles, bytes: Uint8Array, { from, to }: { from: number; to: number }): boolean {
  const range = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
  return needles.some(needle => range.indexOf(needle) !== -1)
}

/**
 * Searches whole batches for a few byte strings, with the search that Node has in native code. Each hit leads to its
 * line; the search goes on behind that line.
 */
export class LiteralScanner implements LineScanner {
  readonly #needles: readonly Buffer[]
  readonly #next: Float64Array
  readonly #verify: Verify | undefined
  #hits = 0

  /** Without `verify` a needle in a line is a match. */
  constructor(needles: Needles, verify?: Verify) {
    this.#needles = needles.map(needle => Buffer.from(needle))
    this.#next = new Float64Array(needles.length)
    this.#verify = verify
  }

  /** Lines with a needle in the last batch, matching or not. */
  get hits(): number {
    return this.#hits
  }

  scan(lines: Lines, found: Uint32Array): number {
    const { bytes, ends } = lines
    const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#hits = 0
    this.#next.fill(-1)
    let count = 0
    let line = 0
    for (let from = 0; ;) {
      const which = this.#nextHit(haystack, from)
      if (which === -1) return count
      const at = this.#next[which] as number
      while ((ends[line] as number) <= at) line++
      const to = testedEnd(lines, line)
      if (at + (this.#needles[which] as Buffer).length > to) {
        // Across the end of the line, or into a newline that is not tested.
        from = at + 1
        continue
      }
      this.#hits++
      if (!this.#verify || this.#verify(bytes, { from: lineStart(lines, line), to })) found[count++] = line
      from = ends[line] as number
      if (++line === ends.length) return count
    }
  }

  /** The needle whose next place at or behind `from` is the first, -1 when there is none. */
  #nextHit(haystack: Buffer, from: number): number {
    let first = -1
    for (let i = 0; i < this.#needles.length; i++) {
      if ((this.#next[i] as number) < from) {
        const at = haystack.indexOf(this.#needles[i] as Buffer, from)
        this.#next[i] = at === -1 ? Infinity : at
      }
      if (
        (this.#next[i] as number) !== Infinity &&
        (first === -1 || (this.#next[i] as number) < (this.#next[first] as number))
      )
        first = i
    }
    return first
  }
}
