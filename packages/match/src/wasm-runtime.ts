/** The little of WebAssembly that is used here, since Node's types leave it out. */
interface WasmRuntime {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> }
}

/** A memory of WebAssembly, in pages of 64 KiB. */
export interface WasmMemory {
  /** Another one after each `grow`. */
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/**
 * Starts a module that imports nothing, or returns `undefined` where that is not to be had: no WebAssembly, no SIMD, no
 * memory, or forbidden.
 */
export function startWasm<T>(base64: string): T | undefined {
  const { WebAssembly: runtime } = globalThis as { WebAssembly?: WasmRuntime }
  try {
    return runtime && (new runtime.Instance(new runtime.Module(Buffer.from(base64, 'base64'))).exports as T)
  } catch {
    return undefined
  }
}
