/** Longest pattern taken, in bytes of UTF-8. DTail's protocol and every log tool stay far below. */
export const DEFAULT_MAX_PATTERN_BYTES = 16 * 1024

/**
 * Instructions of one compiled pattern at most. A lazy automaton pays at worst one visit per instruction and byte, so
 * this bounds the slowest search; `[a-z]{1000}` needs 1,001.
 */
export const DEFAULT_MAX_STATES = 5_000

/** The largest count in `x{n,m}`, and the largest product of nested counts (the limits of RE2 and Go). */
export const MAX_REPEAT = 1000

/** Parentheses inside each other: the passes over the tree recurse. Go's limit, 1000 nodes, is four per group. */
export const MAX_NESTING = 250

/** Different `\p{...}` classes in one pattern: the first use of each in a process costs milliseconds. */
export const MAX_UNICODE_CLASSES = 48

/** Code-point ranges of all classes of one pattern together: 300 classes as large as `\pL`. */
export const MAX_CLASS_RANGES = 200_000

/** Memory of one lazy automaton; when it is full the states are forgotten and the search goes on. */
export const MAX_AUTOMATON_BYTES = 8 * 1024 * 1024

/** Literals that are looked for one after the other: each costs its own pass over the bytes. */
export const MAX_NEEDLES = 4

/** Literals that are looked for all at once, a bit for each. */
export const MAX_LITERALS = 8

/** Bytes of one literal: more do not make it rarer. */
export const MAX_LITERAL_BYTES = 64

/** The largest batch that is copied for a search in WebAssembly; its memory does not shrink any more. */
export const MAX_SEARCH_BYTES = 4 * 1024 * 1024

/** The largest text that is searched as one block. */
export const MAX_BLOCK_BYTES = 1024 * 1024 * 1024

/** Lines of context before or after one match. */
export const MAX_CONTEXT_LINES = 1_000_000
