/** Smaller memory may be part of a pool that others use, and is not worth the call. */
const MIN_BYTES = 128 * 1024

/**
 * Gives large memory back at once, instead of whenever garbage is collected: for streams, whose every piece would
 * otherwise count as garbage until a collection that costs more than what was done with it. Nobody may look at `bytes`,
 * nor at anything else in the same `ArrayBuffer`, afterwards. Does nothing where that is not possible.
 */
export function discardBytes(bytes: Uint8Array): void {
  const memory = bytes.buffer as ArrayBuffer & { transfer?(size: number): ArrayBuffer }
  if (memory.byteLength < MIN_BYTES || typeof memory.transfer !== 'function') return
  try {
    memory.transfer(0)
  } catch {
    // Memory of WebAssembly cannot be given away.
  }
}
