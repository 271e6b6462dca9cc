import { CompressError } from './errors.ts'
import type { DecompressStreamOptions } from './options.ts'

/** Passes chunks on, and counts them against the limit. */
export async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  { format, maxOutputBytes = Number.MAX_SAFE_INTEGER, signal }: DecompressStreamOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted()
  if (!(maxOutputBytes >= 0)) throw new RangeError(`maxOutputBytes is ${maxOutputBytes}, must not be negative`)
  let left = maxOutputBytes
  for await (const chunk of chunks) {
    signal?.throwIfAborted()
    left -= chunk.length
    if (left < 0) {
      throw new CompressError('LF_COMPRESS_LIMIT', `${format} input unfolds to more than ${maxOutputBytes} bytes`, {
        detail: { limit: maxOutputBytes },
      })
    }
    if (chunk.length > 0) yield chunk
  }
}

/** All chunks as one run of bytes. */
export async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of chunks) {
    parts.push(part)
    size += part.length
  }
  if (parts.length === 1) return parts[0] as Uint8Array
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** One run of bytes as a stream. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}
