/**
 * Follows files through growth, rotation, truncation and restarts, from a checkpoint, as batches with offsets.
 *
 * @packageDocumentation
 */
export {}
