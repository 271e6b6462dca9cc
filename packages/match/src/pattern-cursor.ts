import { MatchError } from './errors.ts'

/** Why a pattern is refused, in the words of Go's `regexp/syntax`. */
export type SyntaxReason =
  | 'invalid UTF-8'
  | 'invalid character class range'
  | 'invalid escape sequence'
  | 'invalid named capture'
  | 'invalid nested repetition operator'
  | 'invalid or unsupported Perl syntax'
  | 'invalid repeat count'
  | 'missing argument to repetition operator'
  | 'missing closing )'
  | 'missing closing ]'
  | 'trailing backslash at end of expression'
  | 'unexpected )'

/** Where the parser stands in the pattern. Indexes are those of the JavaScript string. */
export class PatternCursor {
  readonly text: string
  at = 0

  constructor(text: string) {
    this.text = text
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  /** The next UTF-16 unit as text, `''` at the end. */
  get next(): string {
    return this.text.charAt(this.at)
  }

  startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.at)
  }

  /** Moves behind `prefix` when it comes next. */
  skip(prefix: string): boolean {
    if (!this.startsWith(prefix)) return false
    this.at += prefix.length
    return true
  }

  /** The next code point, moved over. The caller has checked that there is one. */
  take(): number {
    const code = this.text.codePointAt(this.at) as number
    if (code >= 0xd800 && code <= 0xdfff) throw this.error('invalid UTF-8', this.at, this.text.length)
    this.at += code > 0xffff ? 2 : 1
    return code
  }

  /** What `pattern` (sticky) matches here, moved over. */
  takeMatch(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at
    const match = pattern.exec(this.text)
    if (!match) return undefined
    this.at = pattern.lastIndex
    return match
  }

  /** The error for the piece from `from` up to `to`. */
  error(reason: SyntaxReason, from: number, to: number = this.at): MatchError {
    const fragment = this.text.slice(from, to)
    const message = `cannot compile pattern: ${reason}: \`${fragment}\` at position ${from}`
    return new MatchError('LF_MATCH_SYNTAX', message, { detail: { position: from, reason, fragment } })
  }
}
