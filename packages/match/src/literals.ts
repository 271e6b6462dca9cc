import { includes, REPLACEMENT, size, type CodePointSet } from './code-point-set.ts'
import { MAX_LITERAL_BYTES, MAX_LITERALS } from './limits.ts'
import { hasAssertion, type Syntax } from './syntax.ts'

/** A run of bytes, and of each which ones it may be: ascending, as latin1 text, which JavaScript compares well. */
export type Literal = readonly string[]

/** A few literals. */
export type Literals = readonly Literal[]

/** What can be said about a pattern in literals. */
export interface LiteralFacts {
  /** The pattern matches exactly where one of these is. */
  readonly exact: Literals | undefined
  /** Wherever the pattern matches, one of these is; the best such set found. */
  readonly required: Literals | undefined
}

/** What the search takes that the literals are for. */
export interface LiteralOptions {
  /** How many of them at most. @defaultValue 8 */
  readonly maxLiterals?: number
  /** Whether each byte has one value only: `[45]` is two literals then. @defaultValue false */
  readonly plain?: boolean
}

/** Below this a literal is in every other line. */
const LEAST_RARITY = 3
/** One unit of rarity in bits. */
const RARITY_BITS = 4.5
/** A search for plain literals costs a pass for each. */
const PASS_COST = 2

const encoder = new TextEncoder()

/** Finds the literals of a pattern. */
export function literalFacts(
  syntax: Syntax,
  { maxLiterals = MAX_LITERALS, plain = false }: LiteralOptions = {},
): LiteralFacts {
  return new LiteralAnalysis(maxLiterals, plain).run(syntax)
}

/** The bytes of a plain literal. */
export function literalBytes(literal: Literal): Uint8Array {
  return Uint8Array.from(literal, byte => byte.charCodeAt(0))
}

/** Whether each byte of the literal has one value only. */
export function isPlain(literal: Literal): boolean {
  return literal.every(byte => byte.length === 1)
}

interface Content {
  /** Every text that the node can match, assertions left aside. */
  readonly exact: Literals | undefined
  readonly required: Literals | undefined
}

class LiteralAnalysis {
  readonly #maxLiterals: number
  readonly #plain: boolean

  constructor(maxLiterals: number, plain: boolean) {
    this.#maxLiterals = maxLiterals
    this.#plain = plain
  }

  run(syntax: Syntax): LiteralFacts {
    const { exact, required } = this.#contentOf(syntax)
    const complete = exact !== undefined && exact.every(literal => literal.length > 0) && !hasAssertion(syntax)
    const best = this.#better(exact, required)
    return {
      exact: complete ? withoutLonger(exact) : undefined,
      required: best && this.#rarity(best) >= LEAST_RARITY ? withoutLonger(best) : undefined,
    }
  }

  #contentOf(node: Syntax): Content {
    switch (node.kind) {
      case 'empty':
      case 'assert':
        return { exact: [[]], required: undefined }
      case 'set':
        return { exact: this.#charactersOf(node.set), required: undefined }
      case 'concat':
        return this.#contentOfRun(node.parts)
      case 'alternate':
        return this.#contentOfBranches(node.parts.map(part => this.#contentOf(part)))
      case 'repeat':
        return this.#contentOfRun([node])
    }
  }

  #charactersOf(set: CodePointSet): Literals | undefined {
    // A byte that is no UTF-8 counts as the replacement character, so that is no literal.
    if (set.length === 0 || includes(set, REPLACEMENT) || size(set) > 0x80 + this.#maxLiterals) return undefined
    const literals: Literal[] = []
    let ascii = ''
    for (const code of codePoints(set)) {
      if (code >= 0x80) literals.push(Array.from(encoder.encode(String.fromCodePoint(code)), one => latin1(one)))
      else if (this.#plain) literals.push([latin1(code)])
      else ascii += latin1(code)
      if (literals.length > this.#maxLiterals) return undefined
    }
    if (ascii !== '') literals.push([ascii])
    return literals.length > this.#maxLiterals ? undefined : literals
  }

  #contentOfBranches(branches: readonly Content[]): Content {
    const exact = this.#union(branches.map(branch => branch.exact))
    const required = exact ?? this.#union(branches.map(branch => this.#better(branch.exact, branch.required)))
    return { exact, required }
  }

  #union(sets: readonly (Literals | undefined)[]): Literals | undefined {
    const all: Literal[] = []
    for (const set of sets) {
      if (!set) return undefined
      for (const literal of set) {
        if (all.some(other => isSame(literal, other))) continue
        if (all.length === this.#maxLiterals) return undefined
        all.push(literal)
      }
    }
    return all
  }

  /** Joins neighbours as far as the number of texts stays small; where that ends the next run begins. */
  #contentOfRun(parts: readonly Syntax[]): Content {
    let run: Literals = [[]]
    let best: Literals | undefined
    let whole = true
    const cut = (next: Literals): void => {
      best = this.#better(best, run)
      run = next
      whole = false
    }
    for (const part of parts) {
      const repeat = part.kind === 'repeat' ? part : undefined
      if (repeat?.max === 0) continue
      const content = this.#contentOf(repeat ? repeat.part : part)
      const times = repeat ? repeat.min : 1
      if (!content.exact || times === 0) {
        cut([[]])
        if (times > 0) best = this.#better(best, content.required)
        continue
      }
      const copies = this.#power(content.exact, times)
      const longer = this.#product(run, copies.literals)
      if (longer) run = longer
      else cut(copies.literals)
      // After one or more copies too many, the last ones stand directly before what follows.
      if (!copies.complete || (repeat && repeat.max !== repeat.min)) cut(copies.literals)
    }
    return { exact: whole ? run : undefined, required: this.#better(best, run) }
  }

  #product(left: Literals, right: Literals): Literals | undefined {
    if (left.length * right.length > this.#maxLiterals) return undefined
    const joined = left.flatMap(start => right.map(end => [...start, ...end]))
    if (joined.some(literal => literal.length > MAX_LITERAL_BYTES)) return undefined
    return this.#union([joined])
  }

  /** `times` copies, or fewer when they become too many or too long. */
  #power(literals: Literals, times: number): { literals: Literals; complete: boolean } {
    let result = literals
    for (let i = 1; i < times; i++) {
      const longer = this.#product(result, literals)
      if (!longer) return { literals: result, complete: false }
      result = longer
    }
    return { literals: result, complete: true }
  }

  #better(a: Literals | undefined, b: Literals | undefined): Literals | undefined {
    if (!a || !b) return a ?? b
    return this.#rarity(b) > this.#rarity(a) ? b : a
  }

  /** A rough measure of how seldom any of these is found in a log. */
  #rarity(literals: Literals): number {
    const least = Math.min(...literals.map(literal => literal.reduce((sum, byte) => sum + byteRarity(byte), 0)))
    return least - (this.#plain ? PASS_COST * (literals.length - 1) : Math.log2(literals.length) / RARITY_BITS)
  }
}

/** How seldom one of some bytes is in a log, as latin1 text. */
function byteRarity(bytes: string): number {
  let least = Infinity
  for (let i = 0; i < bytes.length; i++) least = Math.min(least, weight(bytes.charCodeAt(i)))
  return Math.max(0, least - Math.log2(bytes.length) / RARITY_BITS)
}

function weight(byte: number): number {
  const isLowerOrDigit = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
  if (isLowerOrDigit || byte === 0x20) return 1
  return byte > 0x20 && byte < 0x7f ? 1.3 : 2
}

/** What holds another literal is left out, since the other one is found there too. */
function withoutLonger(literals: Literals): Literals {
  return literals.filter(literal => !literals.some(other => other !== literal && holds(literal, other)))
}

/** Whether every text of `literal` surely has one of `part` in it. */
function holds(literal: Literal, part: Literal): boolean {
  for (let at = 0; at + part.length <= literal.length; at++) {
    if (part.every((bytes, i) => isWithin(literal[at + i] as string, bytes))) return true
  }
  return false
}

function isWithin(some: string, bytes: string): boolean {
  return some === bytes || (some.length === 1 && bytes.includes(some))
}

function isSame(a: Literal, b: Literal): boolean {
  return a.length === b.length && a.every((bytes, i) => bytes === b[i])
}

/** Surrogates are no characters. */
function* codePoints(set: CodePointSet): Generator<number, void, undefined> {
  for (let i = 0; i < set.length; i += 2) {
    for (let code = set[i] as number; code <= (set[i + 1] as number); code++) {
      if (code < 0xd800 || code > 0xdfff) yield code
    }
  }
}

function latin1(byte: number): string {
  return String.fromCharCode(byte)
}
