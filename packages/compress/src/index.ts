/**
 * gzip, zlib and zstd both ways with output limits, concatenated members and detection by content.
 *
 * @packageDocumentation
 */
export { canCompress, compress, decompress, decompressStream } from './compress.ts'
export { CompressError, compressErrors, type CompressErrorCode } from './errors.ts'
export { detectCompression, DETECT_BYTES, type CompressionFormat } from './format.ts'
export type { CompressOptions, DecompressOptions, DecompressStreamOptions } from './options.ts'
