const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUES = new Int8Array(128).fill(-1)
for (let i = 0; i < ALPHABET.length; i++) VALUES[ALPHABET.charCodeAt(i)] = i

/** Standard base64 with padding (RFC 4648 section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let from = 0; from < bytes.length; from += 3) {
    const left = bytes.length - from
    const [a, b, c] = [bytes[from] as number, bytes[from + 1] ?? 0, bytes[from + 2] ?? 0]
    parts.push(
      ALPHABET.charAt(a >> 2),
      ALPHABET.charAt(((a & 3) << 4) | (b >> 4)),
      left > 1 ? ALPHABET.charAt(((b & 15) << 2) | (c >> 6)) : '=',
      left > 2 ? ALPHABET.charAt(c & 63) : '=',
    )
  }
  return parts.join('')
}

/**
 * Standard base64 with padding, `undefined` when it is anything else. `\r` and `\n` are skipped, as Go's decoder does.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const clean = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text
  if (clean.length % 4 !== 0) return undefined
  const padding = clean.endsWith('==') ? 2 : clean.endsWith('=') ? 1 : 0
  const symbols = clean.length - padding
  const bytes = new Uint8Array((clean.length / 4) * 3 - padding)
  let bits = 0
  let at = 0
  for (let i = 0; i < symbols; i++) {
    const code = clean.charCodeAt(i)
    const value = code < 128 ? (VALUES[code] as number) : -1
    if (value === -1) return undefined
    bits = ((bits << 6) | value) & 0xffffff
    if (i % 4 === 3) {
      bytes[at++] = bits >> 16
      bytes[at++] = bits >> 8
      bytes[at++] = bits
    }
  }
  if (padding === 1) {
    bytes[at] = bits >> 10
    bytes[at + 1] = bits >> 2
  } else if (padding === 2) bytes[at] = bits >> 4
  return bytes
}
