/** The spool takes no more of the device's disk than this. */
export const DEFAULT_SPOOL_BYTES = 256 * 1024 * 1024

/** A batch is closed at this size: one compressed frame, one request, one entry of the store. */
export const DEFAULT_BATCH_BYTES = 1024 * 1024

/** Fewest batches that fit into a spool: one in flight, one gap, one that drops, one that fills. */
export const MIN_SPOOL_BATCHES = 4

/** Ranges of one source that a gap batch lists; beyond, neighbours become one range that covers both. */
export const MAX_GAPS_PER_SOURCE = 100

/** Longest response of a receiver that is read. */
export const MAX_RESPONSE_BYTES = 64 * 1024

/** A whole upload, from connecting to the answer. */
export const DEFAULT_UPLOAD_TIMEOUT_MS = 60_000

/** Largest body of an upload, as it comes over the wire. */
export const DEFAULT_MAX_BODY_BYTES = 8 * 1024 * 1024

/** Largest body of an upload once unfolded; it is one entry of the store. */
export const DEFAULT_MAX_RAW_BYTES = 32 * 1024 * 1024

/** A body that has not arrived whole after this time is given up: a slow sender does not hold a place. */
export const DEFAULT_BODY_TIMEOUT_MS = 60_000

/** Uploads of one device at a time: the one that counts, and a retry of one that its sender gave up on. */
export const MAX_UPLOADS_PER_DEVICE = 2

/** What a refused sender is told to wait. */
export const RETRY_AFTER_SECONDS = 5

/** After a refusal the rest of the body is thrown away for this long, so that the answer reaches the sender. */
export const LINGER_MS = 1000

/** Bytes thrown away after a refusal, at most. */
export const LINGER_BYTES = 256 * 1024

/** Deliveries that one write of the spool takes, two buffers each, below the 1024 of one `writev`. */
export const MAX_COMMIT_RECORDS = 500

/** Marks that a spool keeps: more than producers have deliveries on their way at a time. */
export const MAX_MARKS = 16

/** Longest mark: a path of 4096 bytes, each escaped in JSON, and the rest. */
export const MAX_MARK_BYTES = 48 * 1024
