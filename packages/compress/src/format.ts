/**
 * How bytes are packed: `gzip` (RFC 1952), `zlib` (RFC 1950), `zstd` (RFC 8878), or `none`: as they are.
 * gzip members and zstd frames may follow one another; they read as one stream.
 */
export type CompressionFormat = 'gzip' | 'zlib' | 'zstd' | 'none'

/** Bytes that {@link detectCompression} needs to decide; fewer give `none` unless they already prove a format. */
export const DETECT_BYTES = 4

/**
 * The format that the first bytes prove, `none` when they prove none. `zlib` is never detected: its two header bytes
 * occur in plain text (`x\x9c`), so whoever uses it must say so.
 */
export function detectCompression(head: Uint8Array): CompressionFormat {
  if (head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 0x08) return 'gzip'
  if (head.length < DETECT_BYTES) return 'none'
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd'
  // A skippable frame (RFC 8878 3.1.2) may lead a zstd stream, as seekable zstd and pzstd write it.
  if (((head[0] as number) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) return 'zstd'
  return 'none'
}
