import type { AbortOptions } from '@logflow/core'
import { CompressError } from './errors.ts'
import type { CompressionFormat } from './format.ts'
import { compressNode, inflateNode, inflateZstdNode, nodeZstd } from './node-codec.ts'

/** Options of {@link compress}. */
export interface CompressOptions {
  readonly format: CompressionFormat
  /**
   * gzip and zlib 0 to 9, zstd 1 to 19. Higher is smaller and slower; on logs level 1 keeps most of the gain at three
   * to ten times the speed. @defaultValue 1
   */
  readonly level?: number
}

/** Options of {@link decompress}. */
export interface DecompressOptions extends AbortOptions {
  readonly format: CompressionFormat
  /** More output than this is an error. Nothing beyond it is kept, however small the input is. */
  readonly maxOutputBytes: number
}

/** Options of {@link decompressStream}. */
export interface DecompressStreamOptions extends AbortOptions {
  readonly format: CompressionFormat
  /**
   * More output than this, over the whole stream, is an error. @defaultValue unlimited, since nothing is kept: memory
   * stays at a few chunks whatever the input unfolds to
   */
  readonly maxOutputBytes?: number
}

/** Whether {@link compress} can write this format here: zstd needs a `node:zlib` that has it (Node 22.15, 23.8). */
export function canCompress(format: CompressionFormat): boolean {
  return format !== 'zstd' || nodeZstd !== undefined
}

/**
 * Compresses one run of bytes to one gzip member, zlib stream or zstd frame, on the thread pool. Best at 256 KiB to
 * 1 MiB a call. `none` gives back `bytes` itself.
 *
 * @throws RangeError when `level` is not one of the format's
 * @throws CompressError `LF_COMPRESS_UNSUPPORTED` for zstd where {@link canCompress} says no
 */
export async function compress(bytes: Uint8Array, { format, level = 1 }: CompressOptions): Promise<Uint8Array> {
  if (format === 'none') return bytes
  const [low, high] = format === 'zstd' ? [1, 19] : [0, 9]
  if (!Number.isInteger(level) || level < low || level > high) {
    throw new RangeError(`level of ${format} is ${level}, must be an integer in ${low}..${high}`)
  }
  return plain(await compressNode(bytes, format, level))
}

/**
 * Unfolds a whole input, all its members or frames.
 *
 * @throws CompressError `LF_COMPRESS_LIMIT`, `LF_COMPRESS_TRUNCATED`, `LF_COMPRESS_CORRUPT`
 */
export async function decompress(bytes: Uint8Array, options: DecompressOptions): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of decompressStream(once(bytes), options)) {
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

/**
 * Unfolds a stream of any length in bounded memory: input is pulled only as output is taken. Concatenated gzip members
 * and zstd frames read through as one stream; zeros that pad a gzip file are skipped.
 *
 * @throws CompressError `LF_COMPRESS_LIMIT`, `LF_COMPRESS_TRUNCATED`, `LF_COMPRESS_CORRUPT`
 */
export async function* decompressStream(
  chunks: AsyncIterable<Uint8Array>,
  { format, maxOutputBytes = Number.MAX_SAFE_INTEGER, signal }: DecompressStreamOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted()
  if (!(maxOutputBytes >= 0)) throw new RangeError(`maxOutputBytes is ${maxOutputBytes}, must not be negative`)
  let left = maxOutputBytes
  for await (const chunk of unfold(chunks, format, signal)) {
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

function unfold(
  chunks: AsyncIterable<Uint8Array>,
  format: CompressionFormat,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  switch (format) {
    case 'none':
      return chunks
    case 'zstd':
      return inflateZstdNode(chunks, signal)
    case 'gzip':
    case 'zlib':
      return inflateNode(chunks, format, signal)
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes
}

function plain(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
