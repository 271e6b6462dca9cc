/**
 * Lines that stay whole in a native session. `MaxLineLength` of the configuration is about the messages of DTail, which
 * a client has to hold; frames have a length.
 */
export const NATIVE_MAX_LINE_BYTES: number = 127 * 1024 * 1024

/** Bytes read at a time: one block, one frame and, between our own programs, one packet. */
export const NATIVE_BATCH_BYTES: number = 256 * 1024

/** Bytes read at a time to be searched: mostly nothing of them is sent. */
export const SEARCH_BATCH_BYTES: number = 1024 * 1024

/** Bytes of a file that are searched in vain before the client is told how far it went. */
export const POSITION_BYTES: number = 8 * 1024 * 1024
