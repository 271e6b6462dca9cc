import type { Alphabet } from './alphabet.ts'
import { MAX_AUTOMATON_BYTES } from './limits.ts'
import type { Program } from './program.ts'
import { Simulation } from './simulation.ts'
import { hashKey, StateTable } from './state-table.ts'
import { GO, INVALID, type Utf8Decoder } from './utf8-decoder.ts'

const NEWLINE = 10

/**
 * What a newline is to an automaton: a character like any other (`text`); the end of one line and the start of the
 * next, not part of either (`end`); or the same, but the last character of its line (`included`).
 */
export type NewlineRole = 'text' | 'end' | 'included'

/** A compiled pattern: what all automata for it have in common. */
export interface Machine {
  readonly program: Program
  readonly alphabet: Alphabet
  readonly decoder: Utf8Decoder
}

/** A stretch of bytes that an automaton is on its way through. */
export interface Lane {
  at: number
  state: number
  readonly to: number
}

/** Options of {@link Automaton}. */
export interface AutomatonOptions {
  readonly newline: NewlineRole
  /** @defaultValue 8 MiB */
  readonly maxBytes?: number | undefined
}

/**
 * A deterministic automaton over bytes whose states are made when they are first reached. One byte costs one look into
 * a table, except the first time; every byte is looked at once, so the time is linear whatever the pattern. When the
 * table is full it is cleared and the search goes on from where it was.
 *
 * A state is a place of the simulation, or a place and the first bytes of a character behind it.
 */
export class Automaton {
  readonly byteClass: Uint8Array
  /** The state that nothing leads out of before the end of the text or line: no match. */
  readonly dead: number
  /** The state that a match leads to, and the largest of the special ones; 0 is "not computed yet". */
  readonly accept: number
  readonly #newline: NewlineRole
  readonly #decoder: Utf8Decoder
  readonly #alphabet: Alphabet
  readonly #simulation: Simulation
  readonly #table: StateTable
  #start = 0
  #generation = 0
  #state = 0

  constructor({ program, alphabet, decoder }: Machine, { newline, maxBytes = MAX_AUTOMATON_BYTES }: AutomatonOptions) {
    this.#newline = newline
    this.#alphabet = alphabet
    this.#decoder = decoder
    this.#simulation = new Simulation(program, alphabet)
    this.byteClass = this.#decoder.byteClass
    const stride = this.#decoder.classBytes.length
    this.dead = stride
    this.accept = 2 * stride
    this.#table = new StateTable({ stride, reserved: 3, maxBytes })
    this.#table.rows.fill(this.dead, this.dead, this.accept)
    this.#table.rows.fill(this.accept, this.accept, this.accept + stride)
  }

  /** Row `state` holds the state after a byte of class `c` at `state + c`. Changes when states are added. */
  get rows(): Int32Array {
    return this.#table.rows
  }

  /** The state at the start of a text or line. */
  get start(): number {
    if (this.#start === 0) {
      this.#simulation.restart()
      this.#start = this.#stateHere(0)
    }
    return this.#start
  }

  /** How often the states were forgotten; a state is worth something in its generation only. */
  get generation(): number {
    return this.#generation
  }

  /** Where `run` left off. */
  get state(): number {
    return this.#state
  }

  /**
   * Moves over `bytes` from `at`, at most up to `to`, and stops behind the byte that leads to a special state. Returns
   * where it stopped; the state is in `state`.
   */
  run(bytes: Uint8Array, at: number, { to, from: state }: { to: number; from: number }): number {
    const { byteClass, accept } = this
    let rows = this.#table.rows
    while (at < to) {
      // Four bytes per turn: special states lead to themselves, so that a look at the last one is enough.
      for (const last = to - 4; at <= last; at += 4) {
        let next = rows[state + (byteClass[bytes[at] as number] as number)] as number
        next = rows[next + (byteClass[bytes[at + 1] as number] as number)] as number
        next = rows[next + (byteClass[bytes[at + 2] as number] as number)] as number
        next = rows[next + (byteClass[bytes[at + 3] as number] as number)] as number
        if (next <= accept) break
        state = next
      }
      if (at >= to) break
      const c = byteClass[bytes[at++] as number] as number
      let next = rows[state + c] as number
      if (next === 0) {
        next = this.step(state, c)
        rows = this.#table.rows
      }
      state = next
      if (state <= accept) break
    }
    this.#state = state
    return at
  }

  /**
   * Moves through two lanes in step, until one of them is at its end or before a special state. The processor works on
   * both at once, since neither waits for the other; that is more than twice as fast as `run`.
   */
  runPair(bytes: Uint8Array, a: Lane, b: Lane): void {
    const { byteClass, accept } = this
    const { rows } = this.#table
    let { at: atA, state: stateA } = a
    let { at: atB, state: stateB } = b
    for (let left = Math.min(a.to - atA, b.to - atB); left >= 2; left -= 2) {
      let nextA = rows[stateA + (byteClass[bytes[atA] as number] as number)] as number
      let nextB = rows[stateB + (byteClass[bytes[atB] as number] as number)] as number
      nextA = rows[nextA + (byteClass[bytes[atA + 1] as number] as number)] as number
      nextB = rows[nextB + (byteClass[bytes[atB + 1] as number] as number)] as number
      if (nextA <= accept || nextB <= accept) break
      stateA = nextA
      stateB = nextB
      atA += 2
      atB += 2
    }
    a.at = atA
    a.state = stateA
    b.at = atB
    b.state = stateB
  }

  /** The state after a byte of class `byteClass`, computed and remembered. */
  step(state: number, byteClass: number): number {
    const generation = this.#generation
    const next = this.#compute(state, this.#decoder.classBytes[byteClass] as number)
    if (generation === this.#generation) this.#table.rows[state + byteClass] = next
    return next
  }

  /** Whether a text or line that ends in `state` holds a match. */
  acceptsEnd(state: number): boolean {
    if (state <= this.accept) return state === this.accept
    this.#restore(state)
    return this.#finish(this.#table.node(state))
  }

  #compute(state: number, byte: number): number {
    const { actions, depths } = this.#decoder
    const node = this.#table.node(state)
    this.#restore(state)
    if (byte === NEWLINE && this.#newline !== 'text') return this.#endLine(node)
    let action = (actions[node] as Int32Array)[byte] as number
    if (action === INVALID && node !== 0) {
      this.#feedInvalid(depths[node] as number)
      action = (actions[0] as Int32Array)[byte] as number
    }
    if (action <= GO) return this.#stateHere(GO - action)
    this.#simulation.feed(action === INVALID ? this.#alphabet.replacement : action)
    return this.#stateHere(0)
  }

  #endLine(node: number): number {
    this.#feedInvalid(this.#decoder.depths[node] as number)
    if (this.#newline === 'included') this.#simulation.feed(this.#alphabet.newline)
    return this.#finish(0) ? this.accept : this.start
  }

  #finish(node: number): boolean {
    this.#feedInvalid(this.#decoder.depths[node] as number)
    this.#simulation.finish()
    return this.#simulation.matched
  }

  #feedInvalid(count: number): void {
    for (let i = 0; i < count; i++) this.#simulation.feed(this.#alphabet.replacement)
  }

  #restore(state: number): void {
    this.#simulation.restore(this.#table.threads(state), this.#table.context(state))
  }

  /** The state for the place where the simulation is, with the decoder in `node`. */
  #stateHere(node: number): number {
    const { matched, threads, context, anchored } = this.#simulation
    if (matched) return this.accept
    if (anchored && threads.size === 0) return this.dead
    const key = { threads: threads.ascending(), context, node }
    const hash = hashKey(key)
    const known = this.#table.find(key, hash) ?? this.#table.add(key, hash)
    if (known !== undefined) return known
    this.#table.clear()
    this.#start = 0
    this.#generation++
    return this.#table.add(key, hash) as number
  }
}
