/**
 * Untrusted patterns on log lines in linear time: RE2 syntax over any bytes, invert and context.
 *
 * @packageDocumentation
 */
export type { BlockSearch, BlockSearchOptions, ChosenLines } from './block-search.ts'
export { MatchError, matchErrors, type MatchErrorCode } from './errors.ts'
export { DEFAULT_MAX_PATTERN_BYTES, DEFAULT_MAX_STATES } from './limits.ts'
export { compilePattern, type Matcher, type MatchingLinesOptions, type PatternOptions } from './matcher.ts'
export { select, type SelectOptions } from './select.ts'
export type { StripeThread } from './stripe-messages.ts'
export { searchStripes, type StripeSearchOptions } from './stripe-search.ts'
export { serveStripes } from './stripe-thread.ts'
