/**
 * C0 but tab and newline, DEL, C1, and the marks that hide or turn around text (U+200E, U+200F, U+202A to U+202E, U+2066
 * to U+2069): all that `safeText` finds, in UTF-8 that is seen as Latin-1.
 */
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- these are the characters to find
  /[\u0000-\u0008\u000b-\u001f\u007f]|\u00c2[\u0080-\u009f]|\u00e2(?:\u0080[\u008e\u008f\u00aa-\u00ae]|\u0081[\u00a6-\u00a9])/g

/** Bytes as Latin-1 text, with everything made visible (`\x1b`, `\u{202e}`) that a terminal would obey. Other bytes stay. */
export function harmless(text: string): string {
  return text.replace(UNSAFE, found => {
    const code = Buffer.from(found, 'latin1').toString('utf8').codePointAt(0) as number
    const digits = code.toString(16)
    return code <= 0xff ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`
  })
}
