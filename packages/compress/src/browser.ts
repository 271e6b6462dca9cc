/**
 * {@link compress} and the rest without `node:zlib`, for browsers: slower by a factor of three to four, on the calling
 * thread, without checksums. zstd is read, not written.
 *
 * @packageDocumentation
 */
import { CompressError } from './errors.ts'
import type { CompressionFormat } from './format.ts'
import { checkLevel, type CompressOptions, type DecompressOptions, type DecompressStreamOptions } from './options.ts'
import { joined, limited, once } from './output.ts'
import { compressPure, inflatePure } from './pure-codec.ts'

export { CompressError, compressErrors, type CompressErrorCode } from './errors.ts'
export { detectCompression, DETECT_BYTES, type CompressionFormat } from './format.ts'
export type { CompressOptions, DecompressOptions, DecompressStreamOptions } from './options.ts'

/** Whether {@link compress} can write this format here. */
export function canCompress(format: CompressionFormat): boolean {
  return format !== 'zstd'
}

/** Compresses one run of bytes. @throws CompressError `LF_COMPRESS_UNSUPPORTED` for zstd */
export async function compress(bytes: Uint8Array, { format, level = 1 }: CompressOptions): Promise<Uint8Array> {
  if (format === 'none') return bytes
  checkLevel(format, level)
  if (format !== 'zstd') return compressPure(bytes, format, level)
  throw new CompressError('LF_COMPRESS_UNSUPPORTED', 'zstd cannot be written without node:zlib')
}

/** Unfolds a whole input. @throws CompressError `LF_COMPRESS_LIMIT`, `LF_COMPRESS_TRUNCATED`, `LF_COMPRESS_CORRUPT` */
export async function decompress(bytes: Uint8Array, options: DecompressOptions): Promise<Uint8Array> {
  return joined(decompressStream(once(bytes), options))
}

/** Unfolds a stream of any length. @throws CompressError `LF_COMPRESS_LIMIT`, `LF_COMPRESS_TRUNCATED`, `LF_COMPRESS_CORRUPT` */
export function decompressStream(
  chunks: AsyncIterable<Uint8Array>,
  options: DecompressStreamOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { format, signal } = options
  return limited(format === 'none' ? chunks : inflatePure(chunks, format, signal), options)
}
