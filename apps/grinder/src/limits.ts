/** Sources (device and path) remembered; the one unused for longest is forgotten and its format found anew. */
export const MAX_SOURCES = 10_000

/** Batches of a source that may look like plain text before plain text is what it is. */
export const MAX_FORMAT_TRIES = 8

/** Epochs whose last sequence is remembered per stream, as many as the store remembers. */
export const MAX_EPOCHS = 64

/** Series kept; what would be one more goes into one series per name in which every label is `other`. */
export const MAX_SERIES = 10_000

/** Minutes kept per series, two days; the oldest goes first. */
export const MAX_MINUTES = 2880

/** Characters of a label that splits series. */
export const MAX_LABEL_CHARS = 256

/** Encoded events that may wait for a commit; then reading the store waits for it. */
export const MAX_PENDING_BYTES = 16 * 1024 * 1024

/** Time between two commits at least. */
export const COMMIT_INTERVAL_MS = 200

/** A commit of a big state takes its time; this many times as long is spent grinding before the next. */
export const COMMIT_PAUSE_FACTOR = 9

/** Bytes of one line that a page gets to see. */
export const MAX_LIVE_LINE_BYTES = 2048

/** How long lines and events wait for company before they are sent to the pages. */
export const LIVE_FLUSH_MS = 20

/** Pages and consoles that listen at once. */
export const MAX_LIVE_CLIENTS = 64

/** Bytes waiting for one listener; beyond that it misses lines and is told how many. */
export const MAX_LIVE_BUFFER_BYTES = 512 * 1024

/** Memory that one story may take, lines and what is known about them. */
export const MAX_STORY_BYTES = 256 * 1024 * 1024

/** What one line of a story takes besides its bytes, about. */
export const STORY_LINE_COST_BYTES = 200

/** Bytes of output written at once. */
export const OUTPUT_CHUNK_BYTES = 64 * 1024
