import { lineBatch, type Source } from '@logflow/core'
import type { Matcher } from '@logflow/match'
import { Needle } from './needle.ts'

const NEWLINE = 10

/** Chooses the lines that match, as runs of neighbours, so that they can be copied as they lie. */
export interface LineChoice {
  /** Pairs of start and end in `bytes`, which are whole lines (the last one of a file may lack its newline). */
  runsOf(bytes: Buffer): readonly number[]
}

/** The lines that `matcher` matches with their newline, or with `invert` the others. */
export function lineChoice(matcher: Matcher, invert: boolean, source: Source): LineChoice {
  const { literal } = matcher
  const within = literal !== undefined && literal.length > 0 && !literal.includes(NEWLINE)
  return within ? new LiteralChoice(literal, invert) : new PatternChoice(matcher, invert, source)
}

/** Goes from hit to hit; lines in between are never looked at. */
class LiteralChoice implements LineChoice {
  readonly #needle: Needle
  readonly #invert: boolean

  constructor(literal: Uint8Array, invert: boolean) {
    this.#needle = new Needle(literal)
    this.#invert = invert
  }

  runsOf(bytes: Buffer): number[] {
    const runs: number[] = this.#invert ? [0] : []
    for (let at = this.#needle.indexIn(bytes, 0); at !== -1;) {
      const start = bytes.lastIndexOf(NEWLINE, at) + 1
      const newline = bytes.indexOf(NEWLINE, at)
      const end = newline === -1 ? bytes.length : newline + 1
      // A run that is inverted ends where the next one starts, so that the same pairs serve both.
      if (runs.length > 0 && runs.at(-1) === start) runs[runs.length - 1] = end
      else runs.push(start, end)
      at = end === bytes.length ? -1 : this.#needle.indexIn(bytes, end)
    }
    if (this.#invert) runs.push(bytes.length)
    return runs
  }
}

/** Tests line by line. */
class PatternChoice implements LineChoice {
  readonly #matcher: Matcher
  readonly #invert: boolean
  readonly #source: Source

  constructor(matcher: Matcher, invert: boolean, source: Source) {
    this.#matcher = matcher
    this.#invert = invert
    this.#source = source
  }

  runsOf(bytes: Buffer): number[] {
    const ends = lineEnds(bytes)
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const batch = lineBatch({ source: this.#source, bytes: plain, ends })
    const runs: number[] = this.#invert ? [0] : []
    for (const index of this.#matcher.matchingLines(batch, { withNewline: true })) {
      const start = index === 0 ? 0 : (ends[index - 1] as number)
      if (runs.length > 0 && runs.at(-1) === start) runs[runs.length - 1] = ends[index] as number
      else runs.push(start, ends[index] as number)
    }
    if (this.#invert) runs.push(bytes.length)
    return runs
  }
}

let scratch = new Uint32Array(4096)

/** Exclusive ends of all lines; good until the next call. */
function lineEnds(bytes: Buffer): Uint32Array {
  let count = 0
  for (let start = 0; start < bytes.length;) {
    const at = bytes.indexOf(NEWLINE, start)
    start = at === -1 ? bytes.length : at + 1
    if (count === scratch.length) {
      const grown = new Uint32Array(scratch.length * 2)
      grown.set(scratch)
      scratch = grown
    }
    scratch[count++] = start
  }
  return scratch.subarray(0, count)
}
