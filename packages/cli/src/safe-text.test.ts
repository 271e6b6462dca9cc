import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeText } from './safe-text.ts'

describe('safeText', () => {
  it('shows control characters instead of obeying them', () => {
    expect(safeText('\u001b[31mred\u0007\r\n\tok')).toBe('\\x1b[31mred\\x07\\x0d\n\tok')
    expect(safeText('a\u202eb\u009bc')).toBe('a\\u{202e}b\\x9bc')
  })

  it('leaves ordinary text of any language alone', () => {
    expect(safeText('größer als 5 € · 日本語 🙂')).toBe('größer als 5 € · 日本語 🙂')
  })

  it('lets no escape through, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        // eslint-disable-next-line no-control-regex -- these must not come out
        expect(safeText(bytes)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
      }),
    )
  })
})
