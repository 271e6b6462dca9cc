import { MAX_BLOCK_BYTES } from './limits.ts'
import type { LineScanner } from './line-scanner.ts'
import { MOST_HITS, RETRY_AFTER, type SearchPlan } from './search-plan.ts'
import { SearchMemory, type TextRange } from './search-memory.ts'
import { sequenceTables } from './sequence-tables.ts'

const NEWLINE = 10

/** Options of {@link Matcher.searchBlocks}. */
export interface BlockSearchOptions {
  /** Room for text, at most 1 GiB; memory is taken as it is used. */
  readonly textBytes: number
  /** Choose the lines that do not match. @defaultValue false */
  readonly invert?: boolean | undefined
  /** As in {@link MatchingLinesOptions}. @defaultValue false */
  readonly withNewline?: boolean | undefined
}

/** Lines that {@link BlockSearch.choose} chose, at least one of them unless `bytes` is empty. */
export interface ChosenLines {
  /** One behind the other; good until the next call, and while the text is left alone. */
  readonly bytes: Uint8Array
  /** Where in the text the first of them starts. */
  readonly from: number
  /** Where in the text the last of them ends. */
  readonly to: number
}

/**
 * Chooses lines out of text that lies in its own memory. Nobody has to know where the lines end, and what is chosen
 * comes in one piece: the way from a file to an output with the least work in between.
 */
export interface BlockSearch {
  /** Where the text goes: read a file right into it. */
  readonly text: Uint8Array
  /**
   * The chosen lines of `text` between `from` and `to`. There must be whole lines, of which the last may lack its
   * newline. What lies outside may be written to meanwhile.
   */
  choose(from: number, to: number): ChosenLines
}

/** What every way to search a block is told. */
export interface BlockSearchInit extends BlockSearchOptions {
  readonly plan: SearchPlan
}

/** @throws RangeError when `textBytes` is out of range */
export function createBlockSearch(init: BlockSearchInit): BlockSearch {
  const { textBytes } = init
  if (!(textBytes >= 1 && textBytes <= MAX_BLOCK_BYTES)) {
    throw new RangeError(`textBytes is ${textBytes}, must be in 1..${MAX_BLOCK_BYTES}`)
  }
  const memory = SearchMemory.create(textBytes)
  return memory ? new WasmBlockSearch(memory, init) : new PlainBlockSearch(init)
}

/** Searches in WebAssembly, and looks at lines closely there where they lie. */
class WasmBlockSearch implements BlockSearch {
  readonly #memory: SearchMemory
  readonly #plan: SearchPlan
  readonly #invert: boolean
  readonly #withNewline: boolean
  readonly #found: Uint32Array
  #fallback: LineScanner | undefined
  #wait = 0

  constructor(memory: SearchMemory, { plan, invert = false, withNewline = false }: BlockSearchInit) {
    this.#memory = memory
    this.#plan = plan
    this.#invert = invert
    this.#withNewline = withNewline
    this.#found = new Uint32Array(memory.ends.length)
  }

  get text(): Uint8Array {
    return this.#memory.text
  }

  choose(from: number, to: number): ChosenLines {
    const memory = this.#memory
    let gathered = 0
    let [first, last] = [from, from]
    for (let at = from; at < to; at = memory.leftOff) {
      const count = this.#step({ from: at, to })
      if (count === 0) continue
      if (gathered === 0) first = memory.runs[0] as number
      last = memory.runs[2 * count - 1] as number
      // Most often all or nothing of it.
      if (count === 1 && first === from && last === to) return { bytes: memory.text.subarray(from, to), from, to }
      gathered = memory.gather(count, gathered)
    }
    return { bytes: memory.gathered(gathered), from: first, to: last }
  }

  /** One step of the search: leaves in the memory what is chosen, and returns how many runs that is. */
  #step(range: TextRange): number {
    const searches = this.#plan.literals !== undefined && this.#wait === 0
    if (this.#wait > 0) this.#wait--
    const count = searches ? this.#search(range) : this.#scan(range)
    return this.#invert ? this.#others(count, range.from) : count
  }

  /** One step by literals. */
  #search(range: TextRange): number {
    const memory = this.#memory
    const { literals, verify } = this.#plan
    memory.use(this, () => sequenceTables(literals ?? [], memory.text.subarray(range.from, range.to)))
    const hits = memory.findLines(range, this.#withNewline)
    if (hits !== -1) return verify ? this.#keepMatches(hits, range.from) : hits
    this.#wait = RETRY_AFTER
    return this.#scan(range)
  }

  #keepMatches(hits: number, from: number): number {
    const { runs, text, leftOff } = this.#memory
    const verify = this.#plan.verify as NonNullable<SearchPlan['verify']>
    let count = 0
    let bytes = 0
    for (let i = 0; i < hits; i++) {
      const [start, end] = [runs[2 * i] as number, runs[2 * i + 1] as number]
      bytes += end - start
      const to = !this.#withNewline && text[end - 1] === NEWLINE ? end - 1 : end
      if (!verify(text, { from: start, to })) continue
      runs[2 * count] = start
      runs[2 * count + 1] = end
      count++
    }
    if (bytes > (leftOff - from) * MOST_HITS) this.#wait = RETRY_AFTER
    return count
  }

  /** One step through all lines. */
  #scan(range: TextRange): number {
    const memory = this.#memory
    const ends = memory.ends.subarray(0, memory.findEnds(range))
    const bytes = memory.text.subarray(range.from, memory.leftOff)
    this.#fallback ??= this.#plan.fallback()
    const count = this.#fallback.scan({ bytes, ends, withNewline: this.#withNewline }, this.#found)
    for (let i = 0; i < count; i++) {
      const line = this.#found[i] as number
      memory.runs[2 * i] = range.from + (line === 0 ? 0 : (ends[line - 1] as number))
      memory.runs[2 * i + 1] = range.from + (ends[line] as number)
    }
    return count
  }

  /** Turns the first `count` runs of what was found behind `from` into what is between them. */
  #others(count: number, from: number): number {
    const { runs, leftOff } = this.#memory
    let others = 0
    let last = from
    const add = (start: number, end: number): void => {
      if (start === end) return
      runs[2 * others] = start
      runs[2 * others + 1] = end
      others++
    }
    for (let i = 0; i < count; i++) {
      const [start, end] = [runs[2 * i] as number, runs[2 * i + 1] as number]
      add(last, start)
      last = end
    }
    add(last, leftOff)
    return others
  }
}

/** The same without WebAssembly. */
class PlainBlockSearch implements BlockSearch {
  readonly text: Uint8Array
  readonly #init: BlockSearchInit
  readonly #scanner: LineScanner

  constructor(init: BlockSearchInit) {
    this.text = new Uint8Array(init.textBytes)
    this.#init = init
    this.#scanner = init.plan.fallback()
  }

  choose(from: number, to: number): ChosenLines {
    const { invert = false, withNewline = false } = this.#init
    const bytes = this.text.subarray(from, to)
    const ends = endsOf(bytes)
    const found = new Uint32Array(ends.length)
    const matching = new Set(found.subarray(0, this.#scanner.scan({ bytes, ends, withNewline }, found)))
    const lines = Array.from(ends.keys()).filter(line => matching.has(line) !== invert)
    const startOf = (line: number | undefined): number => (line ? (ends[line - 1] as number) : 0)
    const endOf = (line: number | undefined): number => (line === undefined ? 0 : (ends[line] as number))
    return {
      bytes: Buffer.concat(lines.map(line => bytes.subarray(startOf(line), endOf(line)))),
      from: from + startOf(lines[0]),
      to: from + endOf(lines.at(-1)),
    }
  }
}

function endsOf(bytes: Uint8Array): Uint32Array {
  const ends: number[] = []
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, at)
    at = newline === -1 ? bytes.length : newline + 1
    ends.push(at)
  }
  return Uint32Array.from(ends)
}
