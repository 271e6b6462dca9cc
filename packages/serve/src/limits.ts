/** Bounds of a server. Every one is finite unless the caller says otherwise. */
export interface ServeLimits {
  /** Clients at a time; one more is closed at once. Each has one descriptor. @defaultValue 10 000 */
  readonly maxClients?: number | undefined
  /** Clients of one address. @defaultValue as many as there may be at all */
  readonly maxClientsPerAddress?: number | undefined
  /** Time for the handshake of TLS and the whole header line, however it trickles in. @defaultValue 10 000 */
  readonly headerTimeoutMs?: number | undefined
  /** Longest header line. @defaultValue 4 KiB */
  readonly maxHeaderBytes?: number | undefined
  /** Bytes after the header that are read and dropped; a client that sends more is not read from any more. @defaultValue 1 MiB */
  readonly maxIgnoredBytes?: number | undefined
  /** A client that takes no byte for so long, while there are some for it, is closed. @defaultValue an hour */
  readonly stallTimeoutMs?: number | undefined
  /** Connections that may wait to be accepted; the system has a bound of its own. @defaultValue 4096 */
  readonly backlog?: number | undefined
  /** Generations of a rotated file that may be kept open for slow readers; beyond, a reader is closed. @defaultValue 8 */
  readonly maxGenerations?: number | undefined
  /** How long `close` lets readers fetch what is there already. @defaultValue 5000 */
  readonly drainMs?: number | undefined
  /** How long a rotated file is still watched for writers that have not moved on. @defaultValue 1000 */
  readonly rotationGraceMs?: number | undefined
}

/** {@link ServeLimits} with every default in place. */
export type ResolvedLimits = { readonly [K in keyof ServeLimits]-?: NonNullable<ServeLimits[K]> }

const defaults: ResolvedLimits = {
  maxClients: 10_000,
  maxClientsPerAddress: Infinity,
  stallTimeoutMs: 3_600_000,
  headerTimeoutMs: 10_000,
  maxHeaderBytes: 4096,
  maxIgnoredBytes: 1024 * 1024,
  backlog: 4096,
  maxGenerations: 8,
  drainMs: 5000,
  rotationGraceMs: 1000,
}

/** @throws RangeError for a limit that is not a number from 0 on */
export function resolveLimits(limits: ServeLimits = {}): ResolvedLimits {
  const given = Object.entries(limits).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (!(Number(value) >= 0)) throw new RangeError(`${name} is ${value}, must not be negative`)
  }
  return { ...defaults, ...(Object.fromEntries(given) as Partial<ResolvedLimits>) }
}
