import type { Socket } from 'node:net'

/**
 * Resolves when nothing written earlier waits in JavaScript any more: until then the order between that and bytes sent
 * past JavaScript would be undefined. `undefined` when that is the case already.
 */
export function whenFlushed(socket: Socket): Promise<void> | undefined {
  if (socket.destroyed || (socket.writableLength === 0 && !socket.connecting)) return undefined
  // The callback comes after those of all earlier writes, also when the socket is destroyed meanwhile.
  return new Promise(resolve => socket.write(new Uint8Array(0), () => resolve()))
}

/**
 * The descriptor of a plain, connected socket. `undefined` for TLS, whose bytes must not go past OpenSSL although it
 * has a descriptor, and wherever Node does not tell (the property is undocumented).
 */
export function descriptorOf(socket: Socket): number | undefined {
  if ((socket as { encrypted?: boolean }).encrypted === true) return undefined
  const fd = (socket as unknown as { _handle?: { fd?: unknown } | null })._handle?.fd
  return typeof fd === 'number' && fd >= 0 ? fd : undefined
}
