/**
 * Moves batches between machines exactly once in effect: spool, batch, retry and ack, both sides.
 *
 * @packageDocumentation
 */
export {}
