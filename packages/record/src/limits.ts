/** Fields kept of one record; a line of a million `a=` pairs must not become a million map entries. */
export const MAX_FIELDS = 1024

/** Nested objects of a JSON line are opened this deep; what lies deeper stays JSON text. */
export const MAX_JSON_DEPTH = 8

/** Sources whose state (CSV header, clock of the kernel log) is remembered; the one unused for longest goes first. */
export const MAX_SOURCES = 65_536

/** Lines of one assembled record: longer stack traces exist, but a start pattern that never matches would grow for ever. */
export const MAX_RECORD_LINES = 1000

/** Characters of one assembled record, for the same reason. */
export const MAX_RECORD_CHARS = 256 * 1024

/** Records that an assembler holds open at once, over all sources and streams. */
export const MAX_OPEN_RECORDS = 4096

/** Rules in one set. */
export const MAX_RULES = 10_000

/** Bytes of one rule's pattern; the compiled program grows with it. */
export const MAX_PATTERN_BYTES = 4096

/** Instructions of one compiled pattern: `(a{1000}){1000}` is short and enormous. */
export const MAX_PATTERN_INSTRUCTIONS = 100_000

/** Characters of a record that a pattern gets to see; matching is linear, this bounds the factor. */
export const MAX_MATCHED_CHARS = 64 * 1024

/** Bytes of one encoded event. */
export const MAX_EVENT_BYTES = 1024 * 1024
