/**
 * Feeds one growing file to many readers, each at its own offset and pace.
 *
 * @packageDocumentation
 */
export {}
