import type { Automaton } from './automaton.ts'
import { isClosed, lineStart, type Lines, type LineScanner } from './line-scanner.ts'

/** Whether `bytes` from `from` to `to`, as one text, holds a match. For an automaton to which newlines are text. */
export function testText(automaton: Automaton, bytes: Uint8Array, { from, to }: { from: number; to: number }): boolean {
  const { start } = automaton
  if (start <= automaton.accept) return start === automaton.accept
  automaton.run(bytes, from, { to, from: start })
  return automaton.acceptsEnd(automaton.state)
}

/**
 * Runs an automaton over whole batches: lines that do not match are crossed without a stop, since a newline leads back
 * to the start; behind a match the rest of the line is skipped. For an automaton to which newlines are ends of lines.
 */
export class AutomatonScanner implements LineScanner {
  readonly #automaton: Automaton

  constructor(automaton: Automaton) {
    this.#automaton = automaton
  }

  scan(lines: Lines, found: Uint32Array): number {
    let count = 0
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
    const { bytes, ends } = lines
    const automaton = this.#automaton
    const { last } = run
    const { found } = out
    let { count } = out
    const to = ends[last] as number
    let line = run.first
    let at = lineStart(lines, line)
    while (line <= last) {
      const { start, accept } = automaton
      if (start > accept) at = automaton.run(bytes, at, { to, from: start })
      const state = start > accept ? automaton.state : start
      if (state > accept) {
        if (!isClosed(lines, last) && automaton.acceptsEnd(state)) found[count++] = last
        break
      }
      while (line < last && (ends[line] as number) < at) line++
      if (state === accept) found[count++] = line
      at = ends[line++] as number
    }
    return count
  }
}
