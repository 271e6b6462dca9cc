/** Version of the DTail protocol that is spoken. Compared as `major.minor`. */
export const DTAIL_VERSION = '4.1'
/** Ends every message from the server: the single byte 0xAC, not the UTF-8 pair of `¬`. */
export const MESSAGE_END = 0xac
/** Ends every command frame from the client: `;`. */
export const COMMAND_END = 0x3b
/** Between the parts of an aggregate message: U+2225. */
export const AGGREGATE_PART = '\u2225'
/** Between key and value of an aggregate message: U+2254. */
export const AGGREGATE_ASSIGN = '\u2254'
/** Server to client: everything is sent, please acknowledge. */
export const CLOSE_REQUEST = '.syn close connection'
/** Client to server: the answer to {@link CLOSE_REQUEST}, as a command. */
export const CLOSE_ACKNOWLEDGE = '.ack close connection'
/** Starts the hidden message that lists what the server can do. */
export const CAPABILITIES_PREFIX = '.syn capabilities'
/** Capability of the fork: `SESSION START` and `SESSION UPDATE` are understood. */
export const CAPABILITY_QUERY_UPDATE = 'query-update-v1'
/** Capability of the fork: `journal:` targets can be read. */
export const CAPABILITY_JOURNAL = 'journal-v1'
/** Capability of our own: quantiles such as `p95(ms)` are known, and travel as sketches in aggregate messages. */
export const CAPABILITY_QUANTILES = 'logflow-quantiles-v1'
/** User name and password of a health check. */
export const HEALTH_USER = 'DTAIL-HEALTH'
/** Longest command frame, its `;` not counted, as the fork's `MaxCommandFrameSize`. */
export const DEFAULT_MAX_COMMAND_FRAME_BYTES: number = 1024 * 1024
/** Longest message a client takes: a line of the longest `MaxLineLength` that servers use (10 MB) and its header. */
export const DEFAULT_MAX_MESSAGE_BYTES: number = 16 * 1024 * 1024
/** Longest `timeout` prefix of a command: one day. */
export const MAX_COMMAND_TIMEOUT_SECONDS = 86_400
/** How long a server waits for {@link CLOSE_ACKNOWLEDGE}. */
export const CLOSE_ACKNOWLEDGE_TIMEOUT_MS = 5000
/** How long a server stays idle before it asks to close, so that a second command of the same client is not too late. */
export const CLOSE_GRACE_MS = 100
