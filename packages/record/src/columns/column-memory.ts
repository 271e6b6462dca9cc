import { RecordError } from '../errors.ts'
import { KERNEL_MODULE } from './kernel-module.ts'

/** The functions of kernel.wat; arguments are addresses and counts. */
export interface Kernel {
  index(from: number, to: number, positions: number, lines: number): number
  rows(): number
  groups(
    ...args: readonly [rows: number, count: number, starts: number, ends: number, out: number, table: number]
  ): number
  numbers(
    ...args: readonly [rows: number, count: number, starts: number, ends: number, out: number, states: number]
  ): number
}

/** The little of WebAssembly that is used here, since neither Node's types nor ECMAScript's have it. */
interface WasmRuntime {
  readonly Memory: new (limits: { readonly initial: number }) => WasmMemory
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> }
}

interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

const PAGE_BYTES = 65_536
/** What kernel.wat may read behind any bytes. */
const READ_AHEAD_BYTES = 32

let compiled: object | undefined

/**
 * One memory that the kernel works on, given out piece by piece, never taken back. It grows when it must; then all views
 * of it are void, and `generation` is another.
 */
export class ColumnMemory {
  readonly kernel: Kernel
  /** All of it. */
  bytes: Uint8Array
  words: Int32Array
  floats: Float64Array
  generation = 0
  readonly #memory: WasmMemory
  #used: number

  /** The first `reserved` bytes are the kernel's. @throws RecordError `LF_RECORD_NO_WASM` */
  constructor(reserved: number) {
    const { WebAssembly: runtime } = globalThis as { WebAssembly?: WasmRuntime }
    try {
      if (!runtime) throw new TypeError('WebAssembly is not defined')
      compiled ??= new runtime.Module(Uint8Array.from(atob(KERNEL_MODULE), char => char.charCodeAt(0)))
      this.#memory = new runtime.Memory({ initial: Math.ceil(reserved / PAGE_BYTES) })
      this.kernel = new runtime.Instance(compiled, { env: { memory: this.#memory } }).exports as unknown as Kernel
    } catch (cause) {
      throw new RecordError('LF_RECORD_NO_WASM', 'queries need WebAssembly with SIMD, which is not to be had here', {
        cause,
      })
    }
    this.#used = reserved
    this.bytes = new Uint8Array(this.#memory.buffer)
    this.words = new Int32Array(this.#memory.buffer)
    this.floats = new Float64Array(this.#memory.buffer)
  }

  /** Address of `size` new bytes, aligned for every type; behind them may be read. */
  allocate(size: number): number {
    const address = this.#used
    this.#used = (address + size + READ_AHEAD_BYTES + 15) & ~15
    const missing = this.#used - this.bytes.length
    if (missing > 0) this.#grow(missing)
    return address
  }

  /** Integers at an address, until the memory grows. */
  wordsAt(address: number, count: number): Int32Array {
    return this.words.subarray(address >> 2, (address >> 2) + count)
  }

  #grow(missing: number): void {
    this.#memory.grow(Math.ceil(missing / PAGE_BYTES))
    const { buffer } = this.#memory
    this.bytes = new Uint8Array(buffer)
    this.words = new Int32Array(buffer)
    this.floats = new Float64Array(buffer)
    this.generation++
  }
}
