import { WORD } from './ascii-classes.ts'
import { includes, MAX_CODE_POINT, REPLACEMENT, type CodePointSet } from './code-point-set.ts'
import type { Program } from './program.ts'

const NEWLINE = 10

/**
 * Characters that a program cannot tell apart are one class of its alphabet; the automaton then deals with a handful of
 * classes instead of 1.1 million characters.
 */
export class Alphabet {
  /** Ascending first code points of the intervals; each reaches to the next. */
  readonly starts: readonly number[]
  /** Class of each interval. */
  readonly classes: readonly number[]
  readonly size: number
  readonly newline: number
  /** What a byte that is no valid UTF-8 counts as. */
  readonly replacement: number
  readonly #members: Uint8Array
  readonly #word: Uint8Array

  constructor(program: Program) {
    const sets: CodePointSet[] = [...program.sets, [NEWLINE, NEWLINE], WORD]
    this.starts = intervalStarts(sets)
    this.classes = refine(this.starts, sets)
    this.size = Math.max(...this.classes) + 1
    const sample = new Array<number>(this.size)
    for (const [i, start] of this.starts.entries()) sample[this.classes[i] as number] = start
    this.#members = new Uint8Array(program.sets.length * this.size)
    for (const [i, set] of program.sets.entries()) {
      for (const [c, codePoint] of sample.entries()) this.#members[i * this.size + c] = Number(includes(set, codePoint))
    }
    this.#word = Uint8Array.from(sample, codePoint => Number(includes(WORD, codePoint)))
    this.newline = this.classOf(NEWLINE)
    this.replacement = this.classOf(REPLACEMENT)
  }

  /** Class of one code point. */
  classOf(codePoint: number): number {
    return this.classes[this.intervalOf(codePoint)] as number
  }

  /** Index of the interval that holds `codePoint`. */
  intervalOf(codePoint: number): number {
    let low = 0
    let high = this.starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.starts[middle] as number) <= codePoint) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Whether the characters of class `c` are in set `set` of the program. */
  accepts(set: number, c: number): boolean {
    return this.#members[set * this.size + c] === 1
  }

  /** Whether they are word characters, for `\b`. */
  isWord(c: number): boolean {
    return this.#word[c] === 1
  }
}

function intervalStarts(sets: readonly CodePointSet[]): number[] {
  const starts = new Set([0])
  for (const set of sets) {
    for (let i = 0; i < set.length; i += 2) {
      starts.add(set[i] as number)
      starts.add((set[i + 1] as number) + 1)
    }
  }
  starts.delete(MAX_CODE_POINT + 1)
  return [...starts].sort((a, b) => a - b)
}

/** Splits the one class of all characters by each set in turn. */
function refine(starts: readonly number[], sets: readonly CodePointSet[]): number[] {
  let classes = starts.map(() => 0)
  for (const set of sets) {
    const names = new Map<number, number>()
    let range = 0
    classes = classes.map((old, i) => {
      const start = starts[i] as number
      while (range < set.length && (set[range + 1] as number) < start) range += 2
      const inside = range < set.length && (set[range] as number) <= start
      const key = old * 2 + Number(inside)
      let name = names.get(key)
      if (name === undefined) names.set(key, (name = names.size))
      return name
    })
  }
  return classes
}
