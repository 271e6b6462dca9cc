import type { CodePointSet } from './code-point-set.ts'
import { MatchError } from './errors.ts'
import type { Syntax } from './syntax.ts'

/** Instructions. `CONSUME` takes one character of set `argument`; `SPLIT` goes on at both `next` and `other`. */
export const ACCEPT = 0
export const FAIL = 1
export const CONSUME = 2
export const ASSERT = 3
export const SPLIT = 4

/**
 * A Thompson automaton over characters, as parallel arrays. The lazy automaton of `dfa.ts` runs it over bytes.
 */
export interface Program {
  readonly operation: Uint8Array
  /** Index in `sets` for `CONSUME`, the assertion for `ASSERT`. */
  readonly argument: Int32Array
  readonly next: Int32Array
  readonly other: Int32Array
  readonly start: number
  readonly length: number
  /** The different sets that `CONSUME` tests. */
  readonly sets: readonly CodePointSet[]
  /** All assertions that occur, as bits. */
  readonly assertions: number
}

/**
 * Compiles a syntax tree.
 *
 * @throws MatchError `LF_MATCH_TOO_LARGE` when it needs more than `maxStates` instructions; found out before any is made
 */
export function compileProgram(syntax: Syntax, maxStates: number): Program {
  const length = instructionCount(syntax) + 1
  if (length > maxStates) {
    const detail = { limit: maxStates, states: length }
    throw new MatchError('LF_MATCH_TOO_LARGE', `pattern needs ${length} states, limit is ${maxStates}`, { detail })
  }
  return new ProgramBuilder(length).build(syntax)
}

function instructionCount(node: Syntax): number {
  switch (node.kind) {
    case 'empty':
      return 0
    case 'set':
    case 'assert':
      return 1
    case 'concat':
      return node.parts.reduce((sum, part) => sum + instructionCount(part), 0)
    case 'alternate':
      return node.parts.reduce((sum, part) => sum + instructionCount(part), node.parts.length - 1)
    case 'repeat': {
      const { min, max } = node
      const part = instructionCount(node.part)
      if (max === Infinity) return Math.max(min, 1) * part + 1
      return max * part + (max - min)
    }
  }
}

/** Builds from the end: every piece is told where to go on, so nothing is patched but loops. */
class ProgramBuilder {
  readonly #operation: Uint8Array
  readonly #argument: Int32Array
  readonly #next: Int32Array
  readonly #other: Int32Array
  readonly #sets = new Map<string, number>()
  readonly #setList: CodePointSet[] = []
  #assertions = 0
  #length = 0

  constructor(length: number) {
    this.#operation = new Uint8Array(length)
    this.#argument = new Int32Array(length)
    this.#next = new Int32Array(length)
    this.#other = new Int32Array(length)
  }

  build(syntax: Syntax): Program {
    const start = this.#emit(syntax, this.#add(ACCEPT, 0, -1))
    return {
      operation: this.#operation,
      argument: this.#argument,
      next: this.#next,
      other: this.#other,
      start,
      length: this.#length,
      sets: this.#setList,
      assertions: this.#assertions,
    }
  }

  /** Emits `node` so that it goes on at `next`; returns where it starts. */
  #emit(node: Syntax, next: number): number {
    switch (node.kind) {
      case 'empty':
        return next
      case 'set':
        return node.set.length === 0 ? this.#add(FAIL, 0, -1) : this.#add(CONSUME, this.#setIndex(node.set), next)
      case 'assert':
        this.#assertions |= node.assertion
        return this.#add(ASSERT, node.assertion, next)
      case 'concat':
        return node.parts.reduceRight((follow, part) => this.#emit(part, follow), next)
      case 'alternate':
        return node.parts
          .map(part => this.#emit(part, next))
          .reduceRight((rest, start) => this.#add(SPLIT, 0, start, rest))
      case 'repeat':
        return this.#emitRepeat(node, next)
    }
  }

  #emitRepeat({ part, min, max }: Extract<Syntax, { kind: 'repeat' }>, next: number): number {
    let start = next
    let required = min
    if (max === Infinity) {
      const loop = this.#add(SPLIT, 0, -1, next)
      const body = this.#emit(part, loop)
      this.#next[loop] = body
      start = min === 0 ? loop : body
      required = Math.max(min - 1, 0)
    } else {
      for (let i = min; i < max; i++) start = this.#add(SPLIT, 0, this.#emit(part, start), next)
    }
    for (let i = 0; i < required; i++) start = this.#emit(part, start)
    return start
  }

  #add(operation: number, argument: number, next: number, other = -1): number {
    const index = this.#length++
    this.#operation[index] = operation
    this.#argument[index] = argument
    this.#next[index] = next
    this.#other[index] = other
    return index
  }

  #setIndex(set: CodePointSet): number {
    const key = set.join()
    let index = this.#sets.get(key)
    if (index === undefined) {
      this.#sets.set(key, (index = this.#setList.length))
      this.#setList.push(set)
    }
    return index
  }
}
