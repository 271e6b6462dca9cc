/**
 * The common name that the original gives a device: `f88fca-Linux-` and the first two labels of the host name, dots as
 * `_`, hyphens removed, since a hyphen separates the three fields.
 */
export function deviceName(hostname: string): string {
  const host = hostname.split('.').slice(0, 2).join('_').replaceAll('-', '')
  return `f88fca-Linux-${host}`
}
