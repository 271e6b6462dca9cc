/**
 * Lines to records: log formats, rules with named groups, multi-line assembly and event encoding.
 *
 * @packageDocumentation
 */
export {}
