import { setFlagsFromString } from 'node:v8'

/** So many servers leave so much behind that it is better cleared away early. */
const MANY_SERVERS = 32

/**
 * For a client of many servers: what a handshake leaves behind is cleared away a megabyte at a time, instead of letting
 * the place for young values grow to 16 MiB and more; a third of the memory for the same time.
 */
export function keepModest(servers: number): void {
  if (servers >= MANY_SERVERS) setFlagsFromString('--semi-space-growth-factor=1')
}
