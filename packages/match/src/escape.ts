import { MAX_CODE_POINT } from './code-point-set.ts'
import type { PatternCursor } from './pattern-cursor.ts'

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }
const OCTAL = /0[0-7]{0,2}|[1-7][0-7]{1,2}/y
const ALPHANUMERIC = /^[0-9A-Za-z]$/

/**
 * Reads an escape that stands for one character, from its backslash on: `\n`, `\.`, `\x41`, `\x{1F600}`, `\101`. A
 * single digit from 1 to 9 would be a back-reference, which no linear engine has.
 */
export function parseEscape(cursor: PatternCursor): number {
  const start = cursor.at
  cursor.at++
  if (cursor.done) throw cursor.error('trailing backslash at end of expression', cursor.at)
  const octal = cursor.takeMatch(OCTAL)
  if (octal) return parseInt(octal[0], 8)
  const code = cursor.take()
  const char = String.fromCodePoint(code)
  const control = CONTROL[char]
  if (control !== undefined) return control
  if (char === 'x') return parseHex(cursor, start)
  if (code < 0x80 && !ALPHANUMERIC.test(char)) return code
  throw cursor.error('invalid escape sequence', start)
}

function parseHex(cursor: PatternCursor, start: number): number {
  if (cursor.skip('{')) return parseBracedHex(cursor, start)
  let value = 0
  for (let i = 0; i < 2; i++) {
    if (cursor.done) throw cursor.error('invalid escape sequence', start)
    value = value * 16 + hexDigit(cursor.take())
  }
  if (Number.isNaN(value)) throw cursor.error('invalid escape sequence', start)
  return value
}

function parseBracedHex(cursor: PatternCursor, start: number): number {
  let value = 0
  for (let digits = 0; !cursor.done; digits++) {
    const closed = cursor.skip('}')
    if (closed && digits > 0) return value
    if (closed) break
    value = value * 16 + hexDigit(cursor.take())
    if (!(value <= MAX_CODE_POINT)) break
  }
  throw cursor.error('invalid escape sequence', start)
}

function hexDigit(code: number): number {
  const char = String.fromCodePoint(code)
  return /^[0-9A-Fa-f]$/.test(char) ? parseInt(char, 16) : NaN
}
