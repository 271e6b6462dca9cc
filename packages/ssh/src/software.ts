import type { Client } from 'ssh2'

/** What clients and servers of this package call themselves in the first line of a connection. */
export const OWN_SOFTWARE = 'logflow'

/** Whether the server that `client` has shaken hands with calls itself so; ssh2 1.17 keeps that line to itself. */
export function isOwnServer(client: Client & { readonly _remoteVer?: string }): boolean {
  return client._remoteVer === OWN_SOFTWARE
}
