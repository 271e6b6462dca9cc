import { MAX_SEARCH_BYTES } from './limits.ts'
import { lineStart, testedEnd, type Lines, type LineScanner } from './line-scanner.ts'
import type { Verify } from './literal-scanner.ts'
import type { Literals } from './literals.ts'
import { SequenceMemory } from './sequence-memory.ts'
import { sequenceTables } from './sequence-tables.ts'

/** For less than this nothing is started or copied. */
const LEAST_BYTES = 4096
/** With hits in more of the lines than this, looking at every line in one go is faster than going to each hit. */
const MOST_HITS = 0.3
/** Batches after which a search that did not pay is tried again. */
const RETRY_BATCHES = 64

/**
 * Searches whole batches for up to eight literals at once, with SIMD in WebAssembly; what it cannot do, or what takes it
 * too long, is left to another scanner. Learns from batch to batch which of the two pays.
 */
export class SequenceScanner implements LineScanner {
  readonly #literals: Literals
  readonly #createFallback: () => LineScanner
  readonly #verify: Verify | undefined
  #tables: Uint8Array | undefined
  #fallback: LineScanner | undefined
  #wait = 0

  /** Without `verify` a literal in a line is a match. */
  constructor(literals: Literals, { fallback, verify }: { fallback: () => LineScanner; verify?: Verify | undefined }) {
    this.#literals = literals
    this.#createFallback = fallback
    this.#verify = verify
  }

  scan(lines: Lines, found: Uint32Array): number {
    const { length } = lines.bytes
    if (length < LEAST_BYTES || length > MAX_SEARCH_BYTES) return this.#scanOtherwise(lines, found)
    if (this.#wait > 0) {
      this.#wait--
      return this.#scanOtherwise(lines, found)
    }
    const hits = this.#search(lines, found)
    if (hits === -1) {
      this.#wait = RETRY_BATCHES
      return this.#scanOtherwise(lines, found)
    }
    if (!this.#verify) return hits
    if (hits > lines.ends.length * MOST_HITS) this.#wait = RETRY_BATCHES
    return this.#keepMatches(lines, found.subarray(0, hits))
  }

  #scanOtherwise(lines: Lines, found: Uint32Array): number {
    this.#fallback ??= this.#createFallback()
    return this.#fallback.scan(lines, found)
  }

  #search(lines: Lines, found: Uint32Array): number {
    const memory = SequenceMemory.open()
    if (!memory) return -1
    this.#tables ??= sequenceTables(this.#literals, lines.bytes)
    memory.use(this, this.#tables)
    return memory.search(lines, found)
  }

  #keepMatches(lines: Lines, found: Uint32Array): number {
    const verify = this.#verify as Verify
    let count = 0
    for (const line of found) {
      if (verify(lines.bytes, { from: lineStart(lines, line), to: testedEnd(lines, line) })) found[count++] = line
    }
    return count
  }
}
