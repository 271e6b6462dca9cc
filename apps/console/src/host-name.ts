/**
 * Whether a request with this `Host` header is meant for us. A page of somebody else can point its own name at
 * 127.0.0.1 and then read what we answer (DNS rebinding); the browser tells on it by sending that name. An address
 * cannot be rebound, so addresses are fine.
 */
export function isAllowedHost(header: string | undefined, allowed: readonly string[]): boolean {
  if (header === undefined) return false
  const name = header.replace(/:\d*$/, '').toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[\da-f:.]+\]$/.test(name)) return true
  return allowed.some(other => other.toLowerCase() === name)
}
