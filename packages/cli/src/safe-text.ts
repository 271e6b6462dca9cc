// C0 without tab and newline, DEL, C1 (which terminals obey too), and the marks that reverse or hide text.
// eslint-disable-next-line no-control-regex -- these are the characters to find
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * Text that is safe to print on a terminal: control characters become visible `\xHH` or `\u{HHHH}`, so that log
 * content can neither move the cursor, change the title, nor paste into the shell. Tabs and newlines stay. Bytes are
 * read as UTF-8; what is not UTF-8 becomes U+FFFD.
 */
export function safeText(content: string | Uint8Array): string {
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content)
  return text.replace(UNSAFE, character => {
    const code = character.codePointAt(0) as number
    return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })
}
