import type { Automaton, Lane } from './automaton.ts'
import { isClosed, lineStart, type Lines, type LineScanner } from './line-scanner.ts'

/** Whether `bytes` from `from` to `to`, as one text, holds a match. For an automaton to which newlines are text. */
export function testText(automaton: Automaton, bytes: Uint8Array, { from, to }: { from: number; to: number }): boolean {
  const { start } = automaton
  if (start <= automaton.accept) return start === automaton.accept
  automaton.run(bytes, from, { to, from: start })
  return automaton.acceptsEnd(automaton.state)
}

/** Shorter runs of lines are not worth two lanes. */
const LEAST_PAIR_BYTES = 4096
/** Bytes that a lane must get ahead between two stops for two lanes to pay. */
const LEAST_STRIDE = 24
/** So far both lanes go on alone where one has to stop. */
const STOP_BYTES = 4
/** Batches after which two lanes that did not pay are tried again. */
const RETRY_BATCHES = 64

/** Lines that are scanned from the first to the last. */
interface LineLane extends Lane {
  readonly last: number
  /** The line that it is in, or one before that. */
  line: number
  /** Where the next line found is written. */
  slot: number
  generation: number
}

/**
 * Runs an automaton over whole batches: lines that do not match are crossed without a stop, since a newline leads back
 * to the start; behind a match the rest of the line is skipped. Large batches are crossed in two halves at the same
 * time. For an automaton to which newlines are ends of lines.
 */
export class AutomatonScanner implements LineScanner {
  readonly #automaton: Automaton
  #wait = 0

  constructor(automaton: Automaton) {
    this.#automaton = automaton
  }

  scan(lines: Lines, found: Uint32Array): number {
    let count = 0
    if (this.#wait > 0) this.#wait--
    for (let first = 0; first < lines.ends.length;) {
      let last = first
      while (last < lines.ends.length - 1 && isClosed(lines, last)) last++
      count = this.#scanRun(lines, { first, last }, { found, count })
      first = last + 1
    }
    return count
  }

  /** Scans lines that all have their newline, except perhaps the last one. */
  #scanRun(lines: Lines, run: { first: number; last: number }, out: { found: Uint32Array; count: number }): number {
    const { first, last } = run
    const { found, count } = out
    const middle = this.#middle(lines, first, last)
    if (middle === first) {
      const lane = this.#createLane(lines, run, count)
      this.#finish(lines, lane, found)
      return lane.slot
    }
    // The second lane writes where there is room for every line of the first.
    const a = this.#createLane(lines, { first, last: middle - 1 }, count)
    const b = this.#createLane(lines, { first: middle, last }, middle)
    this.#finishPair(lines, { a, b }, found)
    found.copyWithin(a.slot, middle, b.slot)
    return a.slot + b.slot - middle
  }

  /** The line to cut at; the first one when two lanes do not pay. Where states are forgotten they never do. */
  #middle({ ends, ...lines }: Lines, first: number, last: number): number {
    const { start, accept, generation } = this.#automaton
    const from = lineStart({ ends, ...lines }, first)
    const bytes = (ends[last] as number) - from
    if (this.#wait > 0 || generation > 0 || start <= accept || bytes < LEAST_PAIR_BYTES) return first
    let low = first
    let high = last
    while (low < high) {
      const line = (low + high) >>> 1
      if ((ends[line] as number) - from < bytes / 2) low = line + 1
      else high = line
    }
    return low
  }

  #createLane(lines: Lines, { first, last }: { first: number; last: number }, slot: number): LineLane {
    const state = this.#automaton.start
    const { generation } = this.#automaton
    return { at: lineStart(lines, first), to: lines.ends[last] as number, state, last, line: first, slot, generation }
  }

  #finishPair(lines: Lines, { a, b }: { a: LineLane; b: LineLane }, found: Uint32Array): void {
    const automaton = this.#automaton
    const { generation } = automaton
    let stops = 0
    const from = a.at
    while (a.at < a.to && b.at < b.to && automaton.generation === generation) {
      automaton.runPair(lines.bytes, a, b)
      stops++
      this.#advance(lines, { lane: a, to: Math.min(a.at + STOP_BYTES, a.to) }, found)
      if (automaton.generation !== generation) break
      this.#advance(lines, { lane: b, to: Math.min(b.at + STOP_BYTES, b.to) }, found)
    }
    if (a.at - from < stops * LEAST_STRIDE) this.#wait = RETRY_BATCHES
    this.#finish(lines, a, found)
    this.#finish(lines, b, found)
  }

  #finish(lines: Lines, lane: LineLane, found: Uint32Array): void {
    if (lane.generation !== this.#automaton.generation) this.#restartLine(lines, lane)
    while (lane.line <= lane.last && this.#advance(lines, { lane, to: lane.to }, found));
    if (lane.line > lane.last || isClosed(lines, lane.last) || !this.#automaton.acceptsEnd(lane.state)) return
    found[lane.slot++] = lane.last
  }

  /** Moves up to `to`, or to behind the line in which the automaton came to an answer; whether it did. */
  #advance(lines: Lines, { lane, to }: { lane: LineLane; to: number }, found: Uint32Array): boolean {
    const automaton = this.#automaton
    const { accept } = automaton
    if (lane.state > accept) {
      lane.at = automaton.run(lines.bytes, lane.at, { to, from: lane.state })
      lane.state = automaton.state
      lane.generation = automaton.generation
      if (lane.state > accept) return false
    }
    const { ends } = lines
    while (lane.line < lane.last && (ends[lane.line] as number) < lane.at) lane.line++
    if (lane.state === accept) found[lane.slot++] = lane.line
    lane.at = ends[lane.line++] as number
    lane.state = automaton.start
    lane.generation = automaton.generation
    return true
  }

  /** The other lane's states have pushed out this one's. */
  #restartLine(lines: Lines, lane: LineLane): void {
    while (lane.line < lane.last && (lines.ends[lane.line] as number) <= lane.at) lane.line++
    if (lane.line > lane.last) return
    lane.at = lineStart(lines, lane.line)
    lane.state = this.#automaton.start
    lane.generation = this.#automaton.generation
  }
}
