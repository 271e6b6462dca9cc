/** Bytes a session hands to SSH before `write` waits for the peer's window. Half of the default window. */
export const MAX_UNSENT_BYTES = 1024 * 1024

/**
 * Bytes in the socket's own buffer before `write` waits. ssh2 ignores the socket's backpressure, so without this a
 * peer that grants a huge window and never reads decides how much memory we use.
 */
export const MAX_SOCKET_BYTES = 1024 * 1024

/** Largest data packet between our own programs: one read of a file, what was held back of the one before, a header. */
export const MAX_PACKET_BYTES: number = 384 * 1024

/** Bytes that a server lets wait to be read; what ssh2 grants. */
export const DEFAULT_WINDOW_BYTES: number = 2 * 1024 * 1024

/** Bytes that a client lets wait to be read: enough for 200 MB/s over 80 ms, where 2 MiB do 25. */
export const CLIENT_WINDOW_BYTES: number = 16 * 1024 * 1024

/** How long `close` waits for a peer that does not read, before the connection is destroyed. */
export const CLOSE_TIMEOUT_MS = 5000

/** Bytes sent on one set of keys before the server asks for new ones (RFC 4253, section 9: every gigabyte). */
export const REKEY_BYTES = 1024 * 1024 * 1024

/** RSA keys below this prove nothing any more. */
export const MIN_RSA_BITS = 2048

/** Longest key, authorized keys or known hosts file that is read. */
export const MAX_KEY_FILE_BYTES = 16 * 1024 * 1024

/** Who may come in, and how long they may take. An address is an IPv4 address or a /64 of IPv6. */
export interface SshServerLimits {
  /** Connections at one time, those that have not logged in included. One more is closed without a word. @defaultValue 100 */
  readonly maxConnections: number
  /** Connections at one time from one address. @defaultValue Infinity */
  readonly maxConnectionsPerAddress: number
  /** Connections per minute from one address: a handshake costs the server 1 to 2 ms of processor time. @defaultValue Infinity */
  readonly maxConnectionsPerMinutePerAddress: number
  /** Connections from one address that ended without a login; after so many in a minute it is refused for the rest of it. @defaultValue 200 */
  readonly maxFailedLoginsPerMinutePerAddress: number
  /** From the accepted socket to the open session. A client whose person is asked to trust the host key is inside it. @defaultValue 10000 */
  readonly loginTimeoutMs: number
  /** Refused authentication attempts before the connection is closed. @defaultValue 20 */
  readonly maxAuthenticationFailures: number
}

const DEFAULT_LIMITS: SshServerLimits = {
  maxConnections: 100,
  maxConnectionsPerAddress: Infinity,
  maxConnectionsPerMinutePerAddress: Infinity,
  // A load balancer that looks every second whether the port is open makes sixty.
  maxFailedLoginsPerMinutePerAddress: 200,
  loginTimeoutMs: 10_000,
  // A person with a full agent offers a dozen keys before the right one.
  maxAuthenticationFailures: 20,
}

/** Checks the ranges once, at the border. @throws RangeError naming the limit */
export function resolveServerLimits(limits: Partial<SshServerLimits> = {}): SshServerLimits {
  const resolved = { ...DEFAULT_LIMITS, ...limits }
  for (const [name, value] of Object.entries(resolved)) {
    if (!(value >= 1)) throw new RangeError(`${name} is ${value}, must be at least 1`)
  }
  return resolved
}
