import type { Alphabet } from './alphabet.ts'
import { ACCEPT, ASSERT, CONSUME, SPLIT, type Program } from './program.ts'
import { StateSet } from './state-set.ts'
import { LINE_END, LINE_START, NOT_WORD_BOUNDARY, TEXT_END, TEXT_START, WORD_BOUNDARY } from './syntax.ts'

// What stands before a place: bits.
const AFTER_TEXT_START = 1
const AFTER_NEWLINE = 2
const AFTER_WORD = 4
/** Marks a context that is kept, so that it is never 0. */
const WAITING = 8

/** The class of "no character follows". */
const END = -1

/**
 * Runs a program on classes of characters, all threads at once, with a new thread at every place (the search is
 * unanchored). A place holds the instructions that wait there: those that consume, and assertions that must know what
 * follows; assertions about what came before are decided on arrival.
 */
export class Simulation {
  readonly #program: Program
  readonly #alphabet: Alphabet
  /** What waits at this place. */
  threads: StateSet
  /** What stands before this place; kept only while an assertion waits for it. */
  context = 0
  /** Whether the text up to this place holds a match. */
  matched = false
  /** Whether a match can begin at the start of the text only, so that no threads means never. */
  readonly anchored: boolean
  #following: StateSet
  readonly #visited: StateSet
  readonly #stack: Int32Array
  readonly #contextMask: number
  #waits = false

  constructor(program: Program, alphabet: Alphabet) {
    this.#program = program
    this.#alphabet = alphabet
    this.threads = new StateSet(program.length)
    this.#following = new StateSet(program.length)
    this.#visited = new StateSet(program.length)
    this.#stack = new Int32Array(program.length + 1)
    this.#contextMask = contextMask(program.assertions)
    this.anchored = this.#isAnchored()
  }

  /** Goes to the start of a text. */
  restart(): void {
    this.threads.clear()
    this.#visited.clear()
    this.#waits = false
    this.matched = false
    this.#arrive(this.threads, AFTER_TEXT_START)
  }

  /** Goes to a place that was left before. */
  restore(threads: Int32Array, context: number): void {
    this.threads.clear()
    for (let i = 0; i < threads.length; i++) this.threads.add(threads[i] as number)
    this.context = context
    this.matched = false
  }

  /** Moves over one character of class `c`. */
  feed(c: number): void {
    const { operation, argument, next } = this.#program
    if (this.context !== 0) this.#decide(c)
    const { members } = this.threads
    const following = this.#following
    following.clear()
    this.#visited.clear()
    this.#waits = false
    const context = (c === this.#alphabet.newline ? AFTER_NEWLINE : 0) | (this.#alphabet.isWord(c) ? AFTER_WORD : 0)
    for (let i = 0; i < this.threads.size; i++) {
      const pc = members[i] as number
      if (operation[pc] !== CONSUME || !this.#alphabet.accepts(argument[pc] as number, c)) continue
      const target = next[pc] as number
      if (operation[target] === CONSUME) following.add(target)
      else this.#follow(following, target, context)
    }
    this.#following = this.threads
    this.threads = following
    this.#arrive(following, context)
  }

  /** Decides what still waits, knowing that the text ends here. */
  finish(): void {
    if (this.context !== 0) this.#decide(END)
  }

  /** A new thread begins here. Of the context is kept what somebody will ask for: fewer different states. */
  #arrive(threads: StateSet, context: number): void {
    this.#follow(threads, this.#program.start, context)
    this.context = this.#waits ? (context & this.#contextMask) | WAITING : 0
  }

  /** Lets the waiting assertions pass that hold before a character of class `c`. */
  #decide(c: number): void {
    const { operation, argument, next } = this.#program
    const { threads } = this
    this.#visited.clear()
    for (let i = 0; i < threads.size; i++) this.#visited.add(threads.members[i] as number)
    const holding = this.#holding(c)
    // The set grows while it is walked: what an assertion lets pass may wait for another one at the same place.
    for (let i = 0; i < threads.size; i++) {
      const pc = threads.members[i] as number
      if (operation[pc] === ASSERT && ((argument[pc] as number) & holding) !== 0) {
        this.#follow(threads, next[pc] as number, this.context)
      }
    }
  }

  /** The assertions about what follows that hold between the context and a character of class `c`, as bits. */
  #holding(c: number): number {
    const boundary = ((this.context & AFTER_WORD) !== 0) !== (c !== END && this.#alphabet.isWord(c))
    const ends = c === END ? TEXT_END | LINE_END : c === this.#alphabet.newline ? LINE_END : 0
    return ends | (boundary ? WORD_BOUNDARY : NOT_WORD_BOUNDARY)
  }

  /** Adds everything that is reached from `start` without a character. */
  #follow(threads: StateSet, start: number, context: number): void {
    const { operation, argument, next, other } = this.#program
    const stack = this.#stack
    let height = 0
    if (this.#visited.add(start)) stack[height++] = start
    while (height > 0) {
      const pc = stack[--height] as number
      switch (operation[pc]) {
        case ACCEPT:
          this.matched = true
          break
        case CONSUME:
          threads.add(pc)
          break
        case ASSERT: {
          const verdict = holdsAfter(argument[pc] as number, context)
          if (verdict === undefined) {
            threads.add(pc)
            this.#waits = true
          } else if (verdict && this.#visited.add(next[pc] as number)) stack[height++] = next[pc] as number
          break
        }
        case SPLIT:
          if (this.#visited.add(other[pc] as number)) stack[height++] = other[pc] as number
          if (this.#visited.add(next[pc] as number)) stack[height++] = next[pc] as number
          break
        default: // FAIL leads nowhere
      }
    }
  }

  #isAnchored(): boolean {
    for (const context of [0, AFTER_NEWLINE, AFTER_WORD]) {
      this.threads.clear()
      this.#visited.clear()
      this.matched = false
      this.#follow(this.threads, this.#program.start, context)
      if (this.matched || this.threads.size > 0) return false
    }
    return true
  }
}

/** The parts of a context that assertions ask for. */
function contextMask(assertions: number): number {
  const textStart = assertions & (TEXT_START | LINE_START) ? AFTER_TEXT_START : 0
  const newline = assertions & LINE_START ? AFTER_NEWLINE : 0
  return textStart | newline | (assertions & (WORD_BOUNDARY | NOT_WORD_BOUNDARY) ? AFTER_WORD : 0)
}

/** Whether an assertion about what came before holds; `undefined` for one about what follows. */
function holdsAfter(assertion: number, context: number): boolean | undefined {
  if (assertion === TEXT_START) return (context & AFTER_TEXT_START) !== 0
  if (assertion === LINE_START) return (context & (AFTER_TEXT_START | AFTER_NEWLINE)) !== 0
  return undefined
}
