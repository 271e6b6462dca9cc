/** One row of a result. */
export interface ResultRow {
  /** Values of the `group by` fields, joined by commas. */
  readonly key: string
  /** One for each selected item, as shown. */
  readonly values: readonly string[]
}

/** Compares texts by their UTF-8 bytes, which is by code point; JavaScript's own order differs beyond U+FFFF. */
export function compareKeys(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i)
    const b = right.charCodeAt(i)
    if (a === b) continue
    const aSurrogate = a >= 0xd800 && a <= 0xdfff
    const bSurrogate = b >= 0xd800 && b <= 0xdfff
    return aSurrogate === bSurrogate ? a - b : aSurrogate ? 1 : -1
  }
  return left.length - right.length
}
