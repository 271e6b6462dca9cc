import { anyButNewline, charRange, charSet, classEscapes, complementOf, unionOf, type CharSet } from './char-set.ts'
import { isNullable, type SimplePattern } from './simple-pattern.ts'

/** What stands for itself after a backslash, also in brackets. */
const PUNCTUATION = /[!-/:-@[-`{-~]/
const controls: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['f', '\f'],
  ['v', '\v'],
])
const MAX_DEPTH = 32

/** Thrown inside, never seen outside. */
class NotSimple extends Error {}

/** Reads RE2 syntax; `undefined` for all that is not simple, which may well be valid. */
export function parseSimplePattern(source: string): SimplePattern | undefined {
  try {
    const reader = new Reader(source)
    const pattern = parseChoice(reader, 0)
    return reader.done ? pattern : undefined
  } catch (error) {
    if (error instanceof NotSimple) return undefined
    throw error
  }
}

class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  get done(): boolean {
    return this.#at === this.#source.length
  }

  /** The next character, '' at the end. */
  peek(): string {
    return this.#source.charAt(this.#at)
  }

  /** Takes the next character. @throws NotSimple at the end and outside of printable ASCII */
  next(): string {
    const char = this.peek()
    if (!/^[ -~]$/.test(char)) throw new NotSimple()
    this.#at++
    return char
  }

  /** Takes what the sticky expression matches here. */
  take(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.#at
    const match = expression.exec(this.#source) ?? undefined
    if (match) this.#at = expression.lastIndex
    return match
  }
}

function parseChoice(reader: Reader, depth: number): SimplePattern {
  if (depth > MAX_DEPTH) throw new NotSimple()
  const options = [parseSequence(reader, depth)]
  while (reader.take(/\|/y)) options.push(parseSequence(reader, depth))
  if (options.length === 1) return options[0] as SimplePattern
  if (options.some(isNullable)) throw new NotSimple()
  return { kind: 'choice', options }
}

function parseSequence(reader: Reader, depth: number): SimplePattern {
  const items: SimplePattern[] = []
  while (!reader.done && reader.peek() !== '|' && reader.peek() !== ')') items.push(parseItem(reader, depth))
  return { kind: 'sequence', items }
}

function parseItem(reader: Reader, depth: number): SimplePattern {
  if (reader.take(/\\b/y)) return withoutRepeat(reader, { kind: 'assertion', source: '\\b' })
  const char = reader.next()
  if (char === '^' || char === '$') return withoutRepeat(reader, { kind: 'assertion', source: char })
  return char === '(' ? parseGroup(reader, depth) : parseRepeat(reader, parseSet(reader, char))
}

function parseGroup(reader: Reader, depth: number): SimplePattern {
  const named = reader.take(/\?P?<(\w+)>/y)
  if (!named && !reader.take(/\?:/y) && reader.peek() === '?') throw new NotSimple()
  const inner = parseChoice(reader, depth + 1)
  if (reader.next() !== ')') throw new NotSimple()
  const body: SimplePattern = named ? { kind: 'capture', name: named[1] as string, body: inner } : inner
  const optional = reader.take(/\?(\??)/y)
  if (!optional) return withoutRepeat(reader, body)
  // ECMAScript does not enter an optional group for nothing, RE2 does.
  if (isNullable(body)) throw new NotSimple()
  return withoutRepeat(reader, { kind: 'optional', body, lazy: optional[1] === '?' })
}

function parseRepeat(reader: Reader, set: CharSet): SimplePattern {
  const repeat = reader.take(/(?:([*+?])|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})(\??)/y)
  if (!repeat) return withoutRepeat(reader, { kind: 'set', set, min: 1, max: 1, lazy: false })
  const [, sign, least, comma, most, lazy] = repeat
  const min = sign === undefined ? Number(least) : sign === '+' ? 1 : 0
  const max = sign === undefined ? (comma ? Number(most ?? Infinity) : min) : sign === '?' ? 1 : Infinity
  if (max < min || max === 0) throw new NotSimple()
  return withoutRepeat(reader, { kind: 'set', set, min, max, lazy: lazy === '?' })
}

/** A repeat of a repeat, of an assertion or of a group with more than `?` is not simple. */
function withoutRepeat(reader: Reader, pattern: SimplePattern): SimplePattern {
  if (/^[*+?{]$/.test(reader.peek())) throw new NotSimple()
  return pattern
}

function parseSet(reader: Reader, char: string): CharSet {
  if (char === '.') return anyButNewline
  if (char === '[') return parseBrackets(reader)
  if (char === '\\') return parseEscape(reader)
  if ('*+?{})]|'.includes(char)) throw new NotSimple()
  return charSet(char)
}

function parseEscape(reader: Reader): CharSet {
  const char = reader.next()
  const known = classEscapes.get(char)
  if (known) return known
  const control = controls.get(char)
  if (control !== undefined) return charSet(control)
  if (!PUNCTUATION.test(char)) throw new NotSimple()
  return charSet(char)
}

function parseBrackets(reader: Reader): CharSet {
  const negated = reader.take(/\^/y)
  const sets: CharSet[] = []
  do {
    const char = reader.next()
    // `[]a]`, `[[:alpha:]]`, `[+--]` and the like have rules of their own.
    if (char === '[' || (char === ']' && sets.length === 0)) throw new NotSimple()
    if (char === '\\') sets.push(parseEscape(reader))
    else if (char === '-' && sets.length > 0 && reader.peek() !== ']') throw new NotSimple()
    else sets.push(parseMember(reader, char))
  } while (reader.peek() !== ']')
  reader.next()
  const set = unionOf(sets)
  return negated ? complementOf(set) : set
}

function parseMember(reader: Reader, first: string): CharSet {
  const range = reader.take(/-([0-9A-Za-z])/y)
  if (!range) return charSet(first)
  const last = range[1] as string
  if (!/[0-9A-Za-z]/.test(first) || first > last) throw new NotSimple()
  return charRange(first.charCodeAt(0), last.charCodeAt(0))
}
