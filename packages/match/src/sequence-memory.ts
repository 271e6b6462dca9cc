import { SEQUENCE_SEARCH_MODULE } from './sequence-search-module.ts'
import { startWasm, type WasmMemory } from './wasm-runtime.ts'

/** What `sequence-search.wat` exports. */
interface SequenceSearchModule {
  readonly memory: WasmMemory
  search(to: number, ends: number, newline: number, patience: number): number
}

/** Lines in the memory of the module, ready to be searched. */
export interface LoadedLines {
  readonly bytes: Uint8Array
  readonly ends: Uint32Array
  readonly withNewline: boolean
}

// The layout is described in `sequence-search.wat`.
const TEXT = 32_768
const SLACK = 48
const PAGE_BYTES = 65_536

/** Comparing more bytes than the text has is slower than an automaton. */
const LEAST_PATIENCE = 4096

/**
 * The module and its memory, of which a process (or worker) has one, made when first asked for. It takes well below a
 * millisecond. The memory is as large as the largest batch searched, `MAX_SEARCH_BYTES` at most.
 */
export class SequenceMemory {
  static #shared: SequenceMemory | undefined
  static #isTried = false

  readonly #module: SequenceSearchModule
  #bytes: Uint8Array
  #words: Uint32Array
  #owner: object | undefined

  private constructor(module: SequenceSearchModule) {
    this.#module = module
    this.#bytes = new Uint8Array(module.memory.buffer)
    this.#words = new Uint32Array(module.memory.buffer)
  }

  /** `undefined` where there is no SIMD in WebAssembly. */
  static open(): SequenceMemory | undefined {
    if (!SequenceMemory.#isTried) {
      SequenceMemory.#isTried = true
      const module = startWasm<SequenceSearchModule>(SEQUENCE_SEARCH_MODULE)
      if (module) SequenceMemory.#shared = new SequenceMemory(module)
    }
    return SequenceMemory.#shared
  }

  /** Puts the tables of `owner` in place, unless they are there from the last time. */
  use(owner: object, tables: Uint8Array): void {
    if (this.#owner === owner) return
    this.#bytes.set(tables)
    this.#owner = owner
  }

  /** Searches `lines` for what `use` has put in place. Writes to `found`; -1 when that takes too long, or much memory. */
  search({ bytes, ends, withNewline }: LoadedLines, found: Uint32Array): number {
    const to = ends.length === 0 ? 0 : (ends[ends.length - 1] as number)
    const endsAt = (TEXT + to + SLACK) & ~3
    if (!this.#reserve(endsAt + ends.length * 4)) return -1
    this.#bytes.set(to === bytes.length ? bytes : bytes.subarray(0, to), TEXT)
    this.#words.set(ends, endsAt / 4)
    const count = this.#module.search(to, endsAt, Number(withNewline), to + LEAST_PATIENCE)
    if (count > 0) found.set(this.#words.subarray(endsAt / 4, endsAt / 4 + count))
    return count
  }

  #reserve(size: number): boolean {
    const missing = size - this.#bytes.length
    if (missing <= 0) return true
    try {
      this.#module.memory.grow(Math.ceil(missing / PAGE_BYTES))
    } catch {
      return false
    }
    this.#bytes = new Uint8Array(this.#module.memory.buffer)
    this.#words = new Uint32Array(this.#module.memory.buffer)
    return true
  }
}
