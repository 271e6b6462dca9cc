/** Characters of a query: people write hundreds, and the text travels with every report. */
export const MAX_QUERY_CHARS = 64 * 1024

/** Groups that an aggregator holds before it hands them over early; merging makes up for that. */
export const MAX_PARTIAL_GROUPS = 100_000

/** Groups of a merged result. A million rows nobody reads; before memory is full, the query fails by name. */
export const MAX_RESULT_GROUPS = 1_000_000

/** Rows of a table on a terminal when the query has no limit clause (DTail's figure). */
export const DEFAULT_TABLE_ROWS = 10
