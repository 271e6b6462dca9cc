import type { AbortOptions } from '@logflow/core'
import type { CompressionFormat } from './format.ts'

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
  /**
   * Chunks are only lent: each is good until the next one is asked for, and its memory is used again. Saves a third of the
   * time where they are copied or searched at once. @defaultValue false: whoever gets a chunk may keep it
   */
  readonly lend?: boolean | undefined
}

/** @throws RangeError when the format has no such level */
export function checkLevel(format: CompressionFormat, level: number): void {
  const [low, high] = format === 'zstd' ? [1, 19] : [0, 9]
  if (Number.isInteger(level) && level >= low && level <= high) return
  throw new RangeError(`level of ${format} is ${level}, must be an integer in ${low}..${high}`)
}
