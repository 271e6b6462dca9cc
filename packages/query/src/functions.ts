import { md5Hex } from './md5.ts'
import type { QueryFunction, SetAssignment } from './query.ts'
import { functionError, meantWord } from './syntax-error.ts'

/**
 * Reads `f(g(argument))`. The argument is a field name or literal text and may hold balanced parentheses.
 *
 * @throws QueryError `LF_QUERY_SYNTAX`
 */
export function parseFunctions(text: string, position: number): Pick<SetAssignment, 'argument' | 'functions'> {
  const functions: QueryFunction[] = []
  let argument = text
  while (argument.endsWith(')')) {
    const open = argument.indexOf('(')
    if (open <= 0)
      throw functionError(`unable to parse function '${text}' at '${argument}'`, {
        position,
        expected: 'function(field)',
      })
    const name = argument.slice(0, open)
    if (name !== 'md5sum' && name !== 'maskdigits')
      throw functionError(`unknown function '${name}'`, {
        position,
        expected: 'md5sum or maskdigits',
        nearest: meantWord(name, ['md5sum', 'maskdigits']),
      })
    functions.push(name)
    argument = argument.slice(open + 1, -1)
  }
  checkParentheses(argument, text, position)
  return { argument, functions }
}

function checkParentheses(argument: string, text: string, position: number): void {
  let depth = 0
  for (const char of argument) {
    if (char === '(') depth++
    else if (char === ')') depth--
    if (depth < 0) break
  }
  if (depth === 0) return
  const problem = depth < 0 ? "unexpected ')' in argument" : "unclosed '(' in argument"
  throw functionError(`malformed function expression ${JSON.stringify(text)}: ${problem}`, {
    position,
    expected: 'function(field)',
  })
}

/** Functions to call on many values; keeps one buffer for the results. */
export class FunctionChain {
  /** Holds the last result in its first `length` bytes, until the next call. */
  buffer: Uint8Array = new Uint8Array(64)
  length = 0
  readonly #innermostFirst: readonly QueryFunction[]

  constructor(functions: readonly QueryFunction[]) {
    this.#innermostFirst = functions.toReversed()
  }

  /** Calls the functions on `bytes[from, to)`. */
  call(bytes: Uint8Array, from: number, to: number): void {
    this.length = to - from
    if (this.buffer.length < this.length) this.buffer = new Uint8Array(this.length * 2)
    this.buffer.set(bytes.subarray(from, to))
    for (const name of this.#innermostFirst) {
      if (name === 'maskdigits') maskDigits(this.buffer, this.length)
      else this.#md5sum()
    }
  }

  #md5sum(): void {
    const hex = md5Hex(this.buffer.subarray(0, this.length))
    this.length = hex.length
    this.buffer.set(hex)
  }
}

function maskDigits(bytes: Uint8Array, length: number): void {
  for (let i = 0; i < length; i++) {
    const byte = bytes[i] as number
    if (byte >= 0x30 && byte <= 0x39) bytes[i] = 0x2e
  }
}
