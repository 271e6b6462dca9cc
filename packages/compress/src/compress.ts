import type { CompressionFormat } from './format.ts'
import { joined, limited, once } from './output.ts'
import { compressNode, inflateNode, inflateZstdNode, nodeZstd } from './node-codec.ts'
import { checkLevel, type CompressOptions, type DecompressOptions, type DecompressStreamOptions } from './options.ts'

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
  checkLevel(format, level)
  return plain(await compressNode(bytes, format, level))
}

/**
 * Unfolds a whole input, all its members or frames.
 *
 * @throws CompressError `LF_COMPRESS_LIMIT`, `LF_COMPRESS_TRUNCATED`, `LF_COMPRESS_CORRUPT`
 */
export async function decompress(bytes: Uint8Array, options: DecompressOptions): Promise<Uint8Array> {
  return joined(decompressStream(once(bytes), options))
}

/**
 * Unfolds a stream of any length in bounded memory: input is pulled only as output is taken. Concatenated gzip members
 * and zstd frames read through as one stream; zeros that pad a gzip file are skipped.
 *
 * @throws CompressError `LF_COMPRESS_LIMIT`, `LF_COMPRESS_TRUNCATED`, `LF_COMPRESS_CORRUPT`
 */
export function decompressStream(
  chunks: AsyncIterable<Uint8Array>,
  options: DecompressStreamOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  return limited(unfold(chunks, options), options)
}

function unfold(chunks: AsyncIterable<Uint8Array>, options: DecompressStreamOptions): AsyncIterable<Uint8Array> {
  const { format } = options
  switch (format) {
    case 'none':
      return chunks
    case 'zstd':
      return inflateZstdNode(chunks, options)
    case 'gzip':
    case 'zlib':
      return inflateNode(chunks, format, options)
  }
}

function plain(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
