import type { Lines, LineScanner } from './line-scanner.ts'
import type { LiteralScanner } from './literal-scanner.ts'

/** With hits in more of the lines than this, looking at every line in one go is faster than going to each hit. */
const MOST_HITS = 0.3
/** Batches after which a literal that was too common is tried again. */
const RETRY_BATCHES = 64

/**
 * Searches for a literal that every match must hold and looks closely at the lines that have it; or, when too many
 * lines do, at all lines at once. Learns from batch to batch which of the two pays.
 */
export class PrefilterScanner implements LineScanner {
  readonly #literals: LiteralScanner
  readonly #whole: LineScanner
  #wait = 0

  constructor(literals: LiteralScanner, whole: LineScanner) {
    this.#literals = literals
    this.#whole = whole
  }

  scan(lines: Lines, found: Uint32Array): number {
    if (this.#wait > 0) {
      this.#wait--
      return this.#whole.scan(lines, found)
    }
    const count = this.#literals.scan(lines, found)
    if (this.#literals.hits > lines.ends.length * MOST_HITS) this.#wait = RETRY_BATCHES
    return count
  }
}
