import { perlClasses, posixClasses } from './ascii-classes.ts'
import { foldCase } from './case-fold.ts'
import { codePointSet, complement, type CodePointSet } from './code-point-set.ts'
import { MatchError } from './errors.ts'
import { parseEscape } from './escape.ts'
import { MAX_CLASS_RANGES, MAX_UNICODE_CLASSES } from './limits.ts'
import type { PatternCursor } from './pattern-cursor.ts'
import { unicodeClass } from './unicode-classes.ts'

const PERL_CLASS = /\\([dswDSW])/y
const POSIX_CLASS = /\[:(.*?):\]/sy
const UNICODE_CLASS = /\\([pP])(?:\{([^}]*)\}|([^{]))/suy

/** Parses everything that stands for one of several characters: `[a-z]`, `\d`, `\pL`, `[[:alpha:]]`. */
export class ClassParser {
  readonly #cursor: PatternCursor
  readonly #unicodeNames = new Set<string>()
  #ranges = 0

  constructor(cursor: PatternCursor) {
    this.#cursor = cursor
  }

  /** The set behind `\d` or `\p{Greek}` when one of these comes next. */
  parseGroup(fold: boolean): CodePointSet | undefined {
    return this.#counted(this.#parseUnicodeGroup(fold) ?? this.#parsePerlGroup(fold))
  }

  /** A bracket expression, from its `[` on. */
  parseBrackets(fold: boolean): CodePointSet {
    const cursor = this.#cursor
    const start = cursor.at
    cursor.at++
    const negated = cursor.skip('^')
    const ranges: number[] = []
    // A `]` in the first place is a character.
    for (let first = true; first || !cursor.skip(']'); first = false) {
      const group = this.#parsePosixGroup(fold) ?? this.parseGroup(fold)
      if (group) for (const bound of group) ranges.push(bound)
      else ranges.push(...this.#parseRange(start))
    }
    const set = fold ? foldCase(codePointSet(ranges)) : codePointSet(ranges)
    return this.#counted(negated ? complement(set) : set)
  }

  #parseRange(start: number): [number, number] {
    const cursor = this.#cursor
    const from = cursor.at
    const low = this.#parseClassCharacter(start)
    // `[a-]` is an a and a minus sign.
    if (cursor.next !== '-' || cursor.at + 1 >= cursor.text.length || cursor.startsWith('-]')) return [low, low]
    cursor.at++
    const high = this.#parseClassCharacter(start)
    if (high < low) throw cursor.error('invalid character class range', from)
    return [low, high]
  }

  #parseClassCharacter(start: number): number {
    const cursor = this.#cursor
    if (cursor.done) throw cursor.error('missing closing ]', start)
    return cursor.next === '\\' ? parseEscape(cursor) : cursor.take()
  }

  #parsePosixGroup(fold: boolean): CodePointSet | undefined {
    const start = this.#cursor.at
    const match = this.#cursor.takeMatch(POSIX_CLASS)
    if (!match) return undefined
    const written = match[1] as string
    const negated = written.startsWith('^')
    const name = negated ? written.slice(1) : written
    const set = Object.hasOwn(posixClasses, name) ? posixClasses[name] : undefined
    if (!set) throw this.#cursor.error('invalid character class range', start)
    return signed(set, { negated, fold })
  }

  #parsePerlGroup(fold: boolean): CodePointSet | undefined {
    const letter = this.#cursor.takeMatch(PERL_CLASS)?.[1]
    if (letter === undefined) return undefined
    const lower = letter.toLowerCase()
    return signed(perlClasses[lower] as CodePointSet, { negated: letter !== lower, fold })
  }

  #parseUnicodeGroup(fold: boolean): CodePointSet | undefined {
    const cursor = this.#cursor
    const start = cursor.at
    if (!cursor.startsWith('\\p') && !cursor.startsWith('\\P')) return undefined
    const match = cursor.takeMatch(UNICODE_CLASS)
    if (!match) throw cursor.error('invalid character class range', start, cursor.text.length)
    const written = match[2] ?? match[3] ?? ''
    const inverted = written.startsWith('^')
    const name = inverted ? written.slice(1) : written
    this.#unicodeNames.add(name)
    if (this.#unicodeNames.size > MAX_UNICODE_CLASSES) throw tooManyClasses('classes', MAX_UNICODE_CLASSES)
    const set = unicodeClass(name)
    if (!set) throw cursor.error('invalid character class range', start)
    return signed(set, { negated: (match[1] === 'P') !== inverted, fold })
  }

  #counted<T extends CodePointSet | undefined>(set: T): T {
    this.#ranges += (set?.length ?? 0) / 2
    if (this.#ranges > MAX_CLASS_RANGES) throw tooManyClasses('ranges', MAX_CLASS_RANGES)
    return set
  }
}

/** Folding comes before the complement: `(?i)\W` does not hold the long s. */
function signed(set: CodePointSet, { negated, fold }: { negated: boolean; fold: boolean }): CodePointSet {
  const folded = fold ? foldCase(set) : set
  return negated ? complement(folded) : folded
}

function tooManyClasses(what: string, limit: number): MatchError {
  return new MatchError('LF_MATCH_TOO_LARGE', `pattern needs more than ${limit} Unicode ${what}`, { detail: { limit } })
}
