import { foldCase } from './case-fold.ts'
import { ClassParser } from './class-parser.ts'
import { ANY, complement, type CodePointSet } from './code-point-set.ts'
import { MatchError } from './errors.ts'
import { parseEscape } from './escape.ts'
import { MAX_NESTING, MAX_REPEAT } from './limits.ts'
import { PatternCursor } from './pattern-cursor.ts'
import { LINE_END, LINE_START, NOT_WORD_BOUNDARY, TEXT_END, TEXT_START, WORD_BOUNDARY } from './syntax.ts'
import { alternate, concat, type Assertion, type Syntax } from './syntax.ts'

const NOT_NEWLINE: CodePointSet = complement([10, 10])
const NUMBER = '(0|[1-9][0-9]*)'
const COUNTED = new RegExp(`\\{${NUMBER}(?:(,)${NUMBER}?)?\\}`, 'y')
const NAMED_GROUP = /\(\?P?<([^>]*)>/sy
const GROUP_NAME = /^[0-9A-Za-z_]+$/
const UNLIMITED = Infinity

interface Flags {
  readonly fold: boolean
  readonly dotNewline: boolean
  readonly multiline: boolean
}

/** A group that is still open: what stood before the last `|`, what came since, and the flags to go back to. */
interface OpenGroup {
  /** Where its parenthesis is. */
  readonly at: number
  readonly flags: Flags
  readonly branches: Syntax[]
  items: Syntax[]
}

/**
 * Parses RE2 syntax as Go's `regexp` does, errors included.
 *
 * @throws MatchError `LF_MATCH_SYNTAX`, `LF_MATCH_TOO_LARGE`
 */
export function parsePattern(pattern: string): Syntax {
  return new Parser(pattern).parse()
}

class Parser {
  readonly #cursor: PatternCursor
  readonly #classes: ClassParser
  readonly #outer: OpenGroup[] = []
  #flags: Flags = { fold: false, dotNewline: false, multiline: false }
  #group: OpenGroup = { at: 0, flags: this.#flags, branches: [], items: [] }

  constructor(pattern: string) {
    this.#cursor = new PatternCursor(pattern)
    this.#classes = new ClassParser(this.#cursor)
  }

  parse(): Syntax {
    const cursor = this.#cursor
    // Where the operator directly before this place starts: `a**` is an error, `a*(?i)*` is not.
    let lastRepeat: number | undefined
    while (!cursor.done) {
      const start = cursor.at
      lastRepeat = this.#parseRepeat(lastRepeat) ? start : this.#parseItem()
    }
    if (this.#outer.length > 0) throw cursor.error('missing closing )', this.#group.at)
    return this.#closeBranches()
  }

  #parseItem(): undefined {
    const cursor = this.#cursor
    switch (cursor.next) {
      case '(':
        return this.#parseOpening()
      case '|':
        cursor.at++
        this.#group.branches.push(concat(this.#group.items))
        this.#group.items = []
        return
      case ')':
        return this.#closeGroup()
      case '^':
        return this.#assert('^', this.#flags.multiline ? LINE_START : TEXT_START)
      case '$':
        return this.#assert('$', this.#flags.multiline ? LINE_END : TEXT_END)
      case '.':
        cursor.at++
        return this.#set(this.#flags.dotNewline ? ANY : NOT_NEWLINE)
      case '[':
        return this.#set(this.#classes.parseBrackets(this.#flags.fold))
      case '\\':
        return this.#parseBackslash()
      default:
        return this.#literal(cursor.take())
    }
  }

  #parseBackslash(): undefined {
    const cursor = this.#cursor
    switch (cursor.text.charAt(cursor.at + 1)) {
      case 'A':
        return this.#assert('\\A', TEXT_START)
      case 'z':
        return this.#assert('\\z', TEXT_END)
      case 'b':
        return this.#assert('\\b', WORD_BOUNDARY)
      case 'B':
        return this.#assert('\\B', NOT_WORD_BOUNDARY)
      case 'Q':
        cursor.at += 2
        while (!cursor.done && !cursor.skip('\\E')) this.#literal(cursor.take())
        return
    }
    const set = this.#classes.parseGroup(this.#flags.fold)
    if (set) this.#set(set)
    else this.#literal(parseEscape(cursor))
    return
  }

  #set(set: CodePointSet): undefined {
    this.#group.items.push({ kind: 'set', set })
  }

  #literal(code: number): undefined {
    this.#set(this.#flags.fold ? foldCase([code, code]) : [code, code])
  }

  #assert(written: string, assertion: Assertion): undefined {
    this.#cursor.at += written.length
    this.#group.items.push({ kind: 'assert', assertion })
  }

  /** Applies `*`, `+`, `?` or `{n,m}` to the last item; whether one of them came next. */
  #parseRepeat(lastRepeat: number | undefined): boolean {
    const cursor = this.#cursor
    const start = cursor.at
    const counts = this.#parseCounts()
    if (!counts) return false
    const [min, max] = counts
    cursor.skip('?') // lazy or greedy is the same for a yes or no
    if (lastRepeat !== undefined) throw cursor.error('invalid nested repetition operator', lastRepeat)
    const part = this.#group.items.pop()
    if (!part) throw cursor.error('missing argument to repetition operator', start)
    const item: Syntax = { kind: 'repeat', part, min, max }
    const counted = cursor.text.charAt(start) === '{' && (min >= 2 || (max >= 2 && max !== UNLIMITED))
    if (counted && !fitsRepeatLimit(item, MAX_REPEAT)) throw cursor.error('invalid repeat count', start)
    this.#group.items.push(item)
    return true
  }

  #parseCounts(): readonly [number, number] | undefined {
    const cursor = this.#cursor
    const start = cursor.at
    if (cursor.skip('*')) return [0, UNLIMITED]
    if (cursor.skip('+')) return [1, UNLIMITED]
    if (cursor.skip('?')) return [0, 1]
    const match = cursor.takeMatch(COUNTED)
    if (!match) return undefined // a brace that opens no count is a character
    const min = Number(match[1])
    const max = match[2] === undefined ? min : match[3] === undefined ? UNLIMITED : Number(match[3])
    const refused = min > MAX_REPEAT || (max !== UNLIMITED && max > MAX_REPEAT) || min > max
    if (refused) throw cursor.error('invalid repeat count', start)
    return [min, max]
  }

  #parseOpening(): undefined {
    const cursor = this.#cursor
    const start = cursor.at
    if (!cursor.startsWith('(?')) {
      cursor.at++
      return this.#open(start, this.#flags)
    }
    // Go wants one character behind the `<` before it calls this a name.
    if (/^\(\?P?<./s.test(cursor.text.slice(start, start + 5))) {
      const name = cursor.takeMatch(NAMED_GROUP)?.[1]
      if (name === undefined) throw cursor.error('invalid named capture', start, cursor.text.length)
      if (!GROUP_NAME.test(name)) throw cursor.error('invalid named capture', start)
      return this.#open(start, this.#flags)
    }
    this.#parseFlags()
  }

  /** `(?i-s)` sets flags for the rest of the group, `(?i-s:` for a group of its own. */
  #parseFlags(): undefined {
    const cursor = this.#cursor
    const start = cursor.at
    cursor.at += 2
    const flags = { ...this.#flags } as { -readonly [Name in keyof Flags]: boolean }
    let value = true
    let pending = false // a minus sign that no flag followed yet
    while (!cursor.done) {
      const char = String.fromCodePoint(cursor.take())
      const isEnd = char === ':' || char === ')'
      if (isEnd && !pending) {
        if (char === ':') this.#open(start, flags)
        else this.#flags = flags
        return
      }
      if (char === 'i') flags.fold = value
      else if (char === 's') flags.dotNewline = value
      else if (char === 'm') flags.multiline = value
      else if (char === '-' && value) value = false
      else if (char !== 'U') break
      pending = char === '-'
    }
    throw cursor.error('invalid or unsupported Perl syntax', start)
  }

  #open(at: number, flags: Flags): undefined {
    if (this.#outer.length >= MAX_NESTING) {
      const detail = { limit: MAX_NESTING, position: at }
      throw new MatchError('LF_MATCH_TOO_LARGE', `pattern nests deeper than ${MAX_NESTING} groups`, { detail })
    }
    this.#outer.push(this.#group)
    this.#group = { at, flags: this.#flags, branches: [], items: [] }
    this.#flags = flags
  }

  #closeGroup(): undefined {
    const item = this.#closeBranches()
    const outer = this.#outer.pop()
    if (!outer) throw this.#cursor.error('unexpected )', this.#cursor.at, this.#cursor.at + 1)
    this.#cursor.at++
    this.#flags = this.#group.flags
    this.#group = outer
    outer.items.push(item)
  }

  #closeBranches(): Syntax {
    const { branches, items } = this.#group
    return alternate([...branches, concat(items)])
  }
}

/** Whether nested counts multiply to at most `limit`, counted as Go counts. */
function fitsRepeatLimit(node: Syntax, limit: number): boolean {
  switch (node.kind) {
    case 'concat':
    case 'alternate':
      return node.parts.every(part => fitsRepeatLimit(part, limit))
    case 'repeat': {
      const count = node.max === UNLIMITED ? node.min : node.max
      if (node.max === 0) return true
      return count <= limit && fitsRepeatLimit(node.part, count > 0 ? Math.floor(limit / count) : limit)
    }
    default:
      return true
  }
}
