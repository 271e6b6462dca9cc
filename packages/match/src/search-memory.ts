import { SEQUENCE_SEARCH_MODULE } from './sequence-search-module.ts'
import { startWasm, type WasmMemory } from './wasm-runtime.ts'

/** What `sequence-search.wat` exports. */
interface SearchModule {
  readonly memory: WasmMemory
  search(from: number, to: number, out: number, outEnd: number, newline: number, patience: number): number
  lineEnds(from: number, to: number, out: number, outEnd: number): number
  gather(runs: number, runsEnd: number, out: number): number
}

// The layout is described in `sequence-search.wat`.
const LEFT_OFF = 112 / 4
const TEXT = 32_768
const SLACK = 192
const PAGE_BYTES = 65_536

/** Comparing more bytes than the text has is slower than an automaton. */
const LEAST_PATIENCE = 4096
/** Lines that one step finds at most. */
const MOST_LINES = 16_384

/** A stretch of the text. */
export interface TextRange {
  readonly from: number
  readonly to: number
}

/**
 * A memory in WebAssembly with room for text, and the searches that run in it. Each takes one step, which ends where
 * enough was found; {@link SearchMemory.leftOff} says where to go on.
 */
export class SearchMemory {
  /** Room for the text that is searched: a file may be read right into it. */
  text!: Uint8Array
  /** What {@link SearchMemory.findLines} found: start and end in `text` of each line; and room for one more. */
  runs!: Uint32Array
  /** What {@link SearchMemory.findEnds} found. */
  ends!: Uint32Array
  readonly #module: SearchModule
  #words!: Uint32Array
  #endsAt = 0
  #runsAt = 0
  #gatheredAt = 0
  #owner: object | undefined

  private constructor(module: SearchModule) {
    this.#module = module
  }

  /** `undefined` where there is no SIMD in WebAssembly, or not so much memory. */
  static create(textBytes: number): SearchMemory | undefined {
    const module = startWasm<SearchModule>(SEQUENCE_SEARCH_MODULE)
    const memory = module && new SearchMemory(module)
    return memory?.reserve(textBytes) ? memory : undefined
  }

  /** Makes `text` at least so large; its content is lost. Memory does not shrink. */
  reserve(textBytes: number): boolean {
    if (this.text && textBytes <= this.text.length) return true
    this.#endsAt = align(TEXT + textBytes + SLACK)
    this.#runsAt = align(this.#endsAt + MOST_LINES * 4 + SLACK)
    this.#gatheredAt = align(this.#runsAt + (MOST_LINES + 1) * 8 + SLACK)
    const { memory } = this.#module
    const missing = this.#gatheredAt + textBytes + SLACK - memory.buffer.byteLength
    try {
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES))
    } catch {
      return false
    }
    const { buffer } = memory
    this.text = new Uint8Array(buffer, TEXT, textBytes)
    this.ends = new Uint32Array(buffer, this.#endsAt, MOST_LINES)
    this.runs = new Uint32Array(buffer, this.#runsAt, (MOST_LINES + 1) * 2)
    this.#words = new Uint32Array(buffer, 0, TEXT / 4)
    return true
  }

  /** Where the last step ended. */
  get leftOff(): number {
    return this.#words[LEFT_OFF] as number
  }

  /** Puts the tables of `owner` in place, unless they are there from the last time. */
  use(owner: object, tables: () => Uint8Array): void {
    if (this.#owner === owner) return
    new Uint8Array(this.#words.buffer).set(tables())
    this.#owner = owner
  }

  /** Finds lines with what `use` has put in place, and returns how many; -1 when that takes too long. */
  findLines({ from, to }: TextRange, withNewline: boolean): number {
    const outEnd = this.#runsAt + MOST_LINES * 8
    return this.#module.search(from, to, this.#runsAt, outEnd, Number(withNewline), to - from + LEAST_PATIENCE)
  }

  /** Finds the ends of lines, counted from `from`, and returns how many. */
  findEnds({ from, to }: TextRange): number {
    return this.#module.lineEnds(from, to, this.#endsAt, this.#endsAt + MOST_LINES * 4)
  }

  /** Copies the first `count` runs behind the `gathered` bytes that were copied before; returns how many there are now. */
  gather(count: number, gathered: number): number {
    return this.#module.gather(this.#runsAt, this.#runsAt + count * 8, this.#gatheredAt + gathered) - this.#gatheredAt
  }

  /** Bytes that were gathered. */
  gathered(bytes: number): Uint8Array {
    return new Uint8Array(this.#words.buffer, this.#gatheredAt, bytes)
  }
}

function align(address: number): number {
  return (address + 63) & ~63
}
