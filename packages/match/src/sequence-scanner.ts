import { MAX_SEARCH_BYTES } from './limits.ts'
import { lineStart, testedEnd, type Lines, type LineScanner } from './line-scanner.ts'
import type { Verify } from './literal-scanner.ts'
import { MOST_HITS, RETRY_AFTER, type SearchPlan } from './search-plan.ts'
import { SearchMemory } from './search-memory.ts'
import { sequenceTables } from './sequence-tables.ts'

/** For less than this nothing is started or copied. */
const LEAST_BYTES = 4096

let sharedMemory: SearchMemory | undefined
let isTried = false

/** The memory that all scanners of a process (or worker) share, made when first asked for; well below a millisecond. */
function openMemory(): SearchMemory | undefined {
  if (!isTried) {
    isTried = true
    sharedMemory = SearchMemory.create(LEAST_BYTES)
  }
  return sharedMemory
}

/**
 * Searches whole batches for up to eight literals at once, with SIMD in WebAssembly; what it cannot do, or what takes it
 * too long, is left to another scanner. Learns from batch to batch which of the two pays.
 */
export class SequenceScanner implements LineScanner {
  readonly #plan: SearchPlan
  #fallback: LineScanner | undefined
  #wait = 0

  constructor(plan: SearchPlan) {
    this.#plan = plan
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
      this.#wait = RETRY_AFTER
      return this.#scanOtherwise(lines, found)
    }
    if (!this.#plan.verify) return hits
    if (hits > lines.ends.length * MOST_HITS) this.#wait = RETRY_AFTER
    return this.#keepMatches(lines, found.subarray(0, hits))
  }

  #scanOtherwise(lines: Lines, found: Uint32Array): number {
    this.#fallback ??= this.#plan.fallback()
    return this.#fallback.scan(lines, found)
  }

  #search(lines: Lines, found: Uint32Array): number {
    const memory = openMemory()
    if (!memory?.reserve(lines.bytes.length)) return -1
    memory.use(this, () => sequenceTables(this.#plan.literals ?? [], lines.bytes))
    return searchLines(memory, lines, found)
  }

  #keepMatches(lines: Lines, found: Uint32Array): number {
    const verify = this.#plan.verify as Verify
    let count = 0
    for (const line of found) {
      if (verify(lines.bytes, { from: lineStart(lines, line), to: testedEnd(lines, line) })) found[count++] = line
    }
    return count
  }
}

/**
 * Searches `lines` for what the memory was told to `use`. Writes to `found`; -1 when that takes too long, or when
 * something is found in a line that does not end where a newline is.
 */
export function searchLines(memory: SearchMemory, { bytes, ends, withNewline }: Lines, found: Uint32Array): number {
  memory.text.set(bytes)
  const to = ends.at(-1) ?? 0
  const { runs } = memory
  let count = 0
  let line = 0
  for (let from = 0; from < to; from = memory.leftOff) {
    const hits = memory.findLines({ from, to }, withNewline)
    if (hits === -1) return -1
    for (let i = 0; i < hits; i++) {
      const end = runs[2 * i + 1] as number
      while ((ends[line] as number) < end) line++
      if (ends[line] !== end || lineStart({ bytes, ends, withNewline }, line) !== runs[2 * i]) return -1
      found[count++] = line
    }
  }
  return count
}
