import type { LineBatch } from '@logflow/core'
import { Alphabet } from './alphabet.ts'
import { Automaton, type Machine, type NewlineRole } from './automaton.ts'
import { AutomatonScanner, testText } from './automaton-scanner.ts'
import { createBlockSearch, type BlockSearch, type BlockSearchOptions } from './block-search.ts'
import { MatchError } from './errors.ts'
import { DEFAULT_MAX_PATTERN_BYTES, DEFAULT_MAX_STATES, MAX_LITERAL_BYTES, MAX_NEEDLES } from './limits.ts'
import { linesOf, plainBytes, type LineScanner } from './line-scanner.ts'
import { holdsNeedle, LiteralScanner, type Verify } from './literal-scanner.ts'
import { isPlain, literalBytes, literalFacts, type LiteralFacts } from './literals.ts'
import { parsePattern } from './parser.ts'
import { PrefilterScanner } from './prefilter-scanner.ts'
import { compileProgram, type Program } from './program.ts'
import type { SearchPlan } from './search-plan.ts'
import { SequenceScanner } from './sequence-scanner.ts'
import { canBeEmpty, trimEnds, type Syntax } from './syntax.ts'
import { Utf8Decoder } from './utf8-decoder.ts'

/** Options of {@link compilePattern}. */
export interface PatternOptions {
  /** Longest pattern taken, in bytes of UTF-8. @defaultValue 16 KiB */
  readonly maxPatternBytes?: number | undefined
  /** Instructions that the pattern may compile to; the slowest possible search grows with it. @defaultValue 5,000 */
  readonly maxStates?: number | undefined
  /** Take the pattern as text to find, not as an expression. @defaultValue false */
  readonly literal?: boolean | undefined
}

/** Options of {@link Matcher.matchingLines}. */
export interface MatchingLinesOptions {
  /**
   * Test lines with their `\n`, as DTail's cat and grep do: `foo$` then does not match the line `foo\n`, `(?m)foo$`
   * and `foo\n` do. @defaultValue false
   */
  readonly withNewline?: boolean | undefined
}

/** A compiled pattern. Answers in time linear in the bytes, whatever the pattern. Keeps a cache, so do not share it across threads. */
export interface Matcher {
  /** The pattern as it was given. */
  readonly pattern: string
  /** The bytes that decide alone, when the pattern is nothing but a literal. */
  readonly literal: Uint8Array | undefined
  /** Whether there is a match in `bytes` between `from` (default 0) and `to` (default the end), taken as one text. */
  test(bytes: Uint8Array, from?: number, to?: number): boolean
  /** Indexes of the lines that match, ascending. */
  matchingLines(batch: LineBatch, options?: MatchingLinesOptions): Uint32Array
  /** A search over text in memory of its own, for whole files. @throws RangeError when `textBytes` is out of range */
  searchBlocks(options: BlockSearchOptions): BlockSearch
}

/**
 * Compiles a pattern in RE2 syntax, the one of Go's `regexp`: no look-around, no back-references. Input is bytes; those
 * that are not valid UTF-8 count as U+FFFD each.
 *
 * @throws MatchError `LF_MATCH_SYNTAX`, `LF_MATCH_TOO_LARGE`
 */
export function compilePattern(pattern: string, options: PatternOptions = {}): Matcher {
  const { maxPatternBytes, maxStates, literal } = resolvePatternOptions(options)
  const bytes = new TextEncoder().encode(pattern)
  if (bytes.length > maxPatternBytes) {
    const message = `pattern has ${bytes.length} bytes, limit is ${maxPatternBytes}`
    throw new MatchError('LF_MATCH_TOO_LARGE', message, { detail: { limit: maxPatternBytes } })
  }
  if (literal && bytes.length > 0) return new LiteralMatcher(pattern, bytes)
  const syntax = trimEnds(literal ? { kind: 'empty' } : parsePattern(pattern))
  const facts = literalFacts(syntax)
  const [only] = facts.exact ?? []
  if (only && facts.exact?.length === 1 && isPlain(only)) return new LiteralMatcher(pattern, literalBytes(only))
  return new AutomatonMatcher(pattern, syntax, { facts, maxStates })
}

function resolvePatternOptions({
  maxPatternBytes = DEFAULT_MAX_PATTERN_BYTES,
  maxStates = DEFAULT_MAX_STATES,
  literal = false,
}: PatternOptions): { maxPatternBytes: number; maxStates: number; literal: boolean } {
  for (const [name, limit] of Object.entries({ maxPatternBytes, maxStates })) {
    if (!(limit >= 1)) throw new RangeError(`${name} is ${limit}, must be at least 1`)
  }
  return { maxPatternBytes, maxStates, literal }
}

/** Finds one byte string; needs no automaton. */
class LiteralMatcher implements Matcher {
  readonly pattern: string
  readonly literal: Uint8Array
  readonly #plan: SearchPlan
  readonly #scanner: LineScanner

  constructor(pattern: string, literal: Uint8Array) {
    this.pattern = pattern
    this.literal = literal
    const plain = new LiteralScanner([literal])
    const bytes = Array.from(literal, byte => String.fromCharCode(byte))
    const isShort = literal.length <= MAX_LITERAL_BYTES
    this.#plan = { literals: isShort ? [bytes] : undefined, fallback: () => plain }
    this.#scanner = isShort ? new SequenceScanner(this.#plan) : plain
  }

  test(bytes: Uint8Array, from = 0, to = bytes.length): boolean {
    checkRange(bytes, from, to)
    return holdsNeedle([this.literal], bytes, { from, to })
  }

  matchingLines(batch: LineBatch, options?: MatchingLinesOptions): Uint32Array {
    return scanBatch(this.#scanner, batch, options)
  }

  searchBlocks(options: BlockSearchOptions): BlockSearch {
    return createBlockSearch({ ...options, plan: this.#plan })
  }
}

/** Everything else: automata, made when first used, behind a search for literals where the pattern has some. */
class AutomatonMatcher implements Matcher {
  readonly pattern: string
  readonly literal: Uint8Array | undefined
  readonly #program: Program
  #machine: Machine | undefined
  readonly #syntax: Syntax
  readonly #facts: LiteralFacts
  readonly #verify: Verify
  readonly #matchesAll: boolean
  readonly #scanners = new Map<NewlineRole, LineScanner>()
  #text: Automaton | undefined

  constructor(pattern: string, syntax: Syntax, { facts, maxStates }: { facts: LiteralFacts; maxStates: number }) {
    this.pattern = pattern
    this.literal = undefined
    this.#program = compileProgram(syntax, maxStates)
    this.#syntax = syntax
    this.#facts = facts
    this.#verify = (bytes, range) => testText(this.#textAutomaton(), bytes, range)
    this.#matchesAll = canBeEmpty(syntax)
  }

  test(bytes: Uint8Array, from = 0, to = bytes.length): boolean {
    checkRange(bytes, from, to)
    return this.#matchesAll || testText(this.#textAutomaton(), plainBytes(bytes), { from, to })
  }

  matchingLines(batch: LineBatch, options?: MatchingLinesOptions): Uint32Array {
    if (this.#matchesAll) return Uint32Array.from(batch.ends, (_, index) => index)
    return scanBatch(this.#scanner(options?.withNewline ? 'included' : 'end'), batch, options)
  }

  searchBlocks(options: BlockSearchOptions): BlockSearch {
    return createBlockSearch({ ...options, plan: this.#plan(options.withNewline ? 'included' : 'end') })
  }

  #scanner(newline: NewlineRole): LineScanner {
    let scanner = this.#scanners.get(newline)
    if (!scanner) this.#scanners.set(newline, (scanner = this.#createScanner(newline)))
    return scanner
  }

  #createScanner(newline: NewlineRole): LineScanner {
    const plan = this.#plan(newline)
    return plan.literals ? new SequenceScanner(plan) : plan.fallback()
  }

  #plan(newline: NewlineRole): SearchPlan {
    const { exact, required } = this.#facts
    const fallback = (): LineScanner => (this.#matchesAll ? everyLine : this.#createPlainScanner(newline))
    if (this.#matchesAll) return { literals: undefined, fallback }
    return { literals: exact ?? required, verify: exact ? undefined : this.#verify, fallback }
  }

  /** Without WebAssembly. */
  #createPlainScanner(newline: NewlineRole): LineScanner {
    const { exact, required } = literalFacts(this.#syntax, { maxLiterals: MAX_NEEDLES, plain: true })
    if (exact) return new LiteralScanner(exact.map(literalBytes))
    const whole = new AutomatonScanner(this.#automaton(newline))
    return required ? new PrefilterScanner(new LiteralScanner(required.map(literalBytes), this.#verify), whole) : whole
  }

  #textAutomaton(): Automaton {
    return (this.#text ??= this.#automaton('text'))
  }

  #automaton(newline: NewlineRole): Automaton {
    this.#machine ??= createMachine(this.#program)
    return new Automaton(this.#machine, { newline })
  }
}

const everyLine: LineScanner = {
  scan({ ends }, found) {
    for (let line = 0; line < ends.length; line++) found[line] = line
    return ends.length
  },
}

function createMachine(program: Program): Machine {
  const alphabet = new Alphabet(program)
  return { program, alphabet, decoder: new Utf8Decoder(alphabet) }
}

function scanBatch(scanner: LineScanner, batch: LineBatch, options: MatchingLinesOptions | undefined): Uint32Array {
  const found = new Uint32Array(batch.ends.length)
  const count = scanner.scan(linesOf(batch, options?.withNewline ?? false), found)
  return count === found.length ? found : found.slice(0, count)
}

function checkRange(bytes: Uint8Array, from: number, to: number): void {
  if (from >= 0 && from <= to && to <= bytes.length) return
  throw new RangeError(`range ${from} to ${to} is not within ${bytes.length} bytes`)
}
