/** Largest bytes of one entry. A receiver's body limit stays below it; a length on disk beyond it is damage. */
export const MAX_ENTRY_BYTES = 64 * 1024 * 1024

/** Segments are sealed at this size: big enough to read in long runs, small enough for retention to be fine-grained. */
export const DEFAULT_MAX_SEGMENT_BYTES = 64 * 1024 * 1024

/** Segments are sealed at this age, so that retention by age works on quiet streams too. */
export const DEFAULT_MAX_SEGMENT_AGE_MS = 60 * 60 * 1000

/** Appends that one commit takes. Two buffers each, below the 1024 of one `writev`. */
export const MAX_COMMIT_APPENDS = 500

/** Bytes that one commit takes (at least one append), so that the first waiter does not wait for megabytes of others. */
export const MAX_COMMIT_BYTES = 16 * 1024 * 1024

/** Files kept open for writing; the least recently used is closed, and opened again when needed. */
export const DEFAULT_MAX_OPEN_SEGMENTS = 256

/** Epochs whose last sequence is remembered per stream; the least recently used is forgotten. */
export const MAX_EPOCHS = 64

/** Longest epoch, in characters. */
export const MAX_EPOCH_CHARS = 64

/** Longest stream name, in bytes of UTF-8; encoded it stays below the 255 bytes of a file name. */
export const MAX_STREAM_BYTES = 80

/** Largest header of a segment; far above what {@link MAX_EPOCHS} epochs need. */
export const MAX_SEGMENT_HEADER_BYTES = 64 * 1024

/** What one read of a segment asks for. */
export const READ_CHUNK_BYTES = 1024 * 1024

/** Without a word from `fs.watch` a follower looks again after this time. */
export const DEFAULT_POLL_MS = 1000
