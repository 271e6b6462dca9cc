/**
 * Whether a code point is white space as Go's `unicode.IsSpace` sees it: as ECMAScript, plus U+0085, without U+FEFF.
 * The dmap language and its log formats trim and split by this set.
 */
export function isWhiteSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 9 && code <= 13)
  if (code < 0x85) return false
  return code < 0x1680 ? code === 0x85 || code === 0xa0 : isWideSpace(code)
}

function isWideSpace(code: number): boolean {
  return (
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

/** `text` without the white space of {@link isWhiteSpace} at both ends. */
export function trimWhiteSpace(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isWhiteSpace(text.charCodeAt(from))) from++
  while (to > from && isWhiteSpace(text.charCodeAt(to - 1))) to--
  return from === 0 && to === text.length ? text : text.slice(from, to)
}

/** Start of what is left of `bytes[from, to)` when leading UTF-8 white space goes. */
export function trimmedStart(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to) {
    const first = bytes[at] as number
    if (first < 0x80) {
      if (!isWhiteSpace(first)) break
      at++
    } else {
      const size = wideSpaceAt(bytes, at, to)
      if (size === 0) break
      at += size
    }
  }
  return at
}

/** End of what is left of `bytes[from, to)` when trailing UTF-8 white space goes. */
export function trimmedEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = to
  while (at > from) {
    const last = bytes[at - 1] as number
    if (last < 0x80) {
      if (!isWhiteSpace(last)) break
      at--
    } else if (at - from >= 2 && wideSpaceAt(bytes, at - 2, at) === 2) at -= 2
    else if (at - from >= 3 && wideSpaceAt(bytes, at - 3, at) === 3) at -= 3
    else break
  }
  return at
}

/** Length of the non-ASCII white space that starts at `at`, or 0. */
function wideSpaceAt(bytes: Uint8Array, at: number, to: number): number {
  const first = bytes[at] as number
  const second = at + 1 < to ? (bytes[at + 1] as number) : 0
  if (first === 0xc2) return second === 0x85 || second === 0xa0 ? 2 : 0
  if (first < 0xe1 || first > 0xe3 || at + 2 >= to) return 0
  const third = bytes[at + 2] as number
  if ((second & 0xc0) !== 0x80 || (third & 0xc0) !== 0x80) return 0
  return isWideSpace(((first & 15) << 12) | ((second & 63) << 6) | (third & 63)) ? 3 : 0
}
