/**
 * Append-only segments per source: durable append, scan, follow and retention.
 *
 * @packageDocumentation
 */
export {}
