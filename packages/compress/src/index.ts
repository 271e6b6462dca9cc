/**
 * gzip, zlib and zstd both ways with output limits, concatenated members and detection by content.
 *
 * @packageDocumentation
 */
export {}
