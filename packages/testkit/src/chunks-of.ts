/** Cuts `bytes` into pieces of the given sizes, over and over, as a socket might. Pieces share memory with `bytes`. */
export function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array, void, undefined> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number
    yield bytes.subarray(at, at + size)
    at += size
  }
}

/** As {@link chunksOf}, one piece per turn. */
export async function* asyncChunksOf(
  bytes: Uint8Array,
  sizes: readonly number[],
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunksOf(bytes, sizes)) yield chunk
}
