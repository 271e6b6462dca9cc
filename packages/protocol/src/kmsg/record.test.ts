import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latin1 } from '../../test/pieces.ts'
import { vectors } from '../../test/vectors.ts'
import { ProtocolError } from '../errors.ts'
import { formatKmsgLine, formatKmsgMissed, parseKmsgRecord, unescapeKmsg } from './record.ts'

interface Vector {
  readonly raw: string
  readonly record: { readonly text: string }
  readonly line: string
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

describe('parseKmsgRecord', () => {
  it.each(vectors<Vector[]>('kmsg-records'))('reads $raw', ({ raw, record, line }) => {
    const parsed = parseKmsgRecord(latin1(raw))
    expect(parsed).toEqual({ ...record, text: latin1(record.text), raw: latin1(raw) })
    expect(text(formatKmsgLine(parsed))).toBe(line)
  })

  it.each([
    '',
    'x',
    '5,16,200,-;no newline',
    '5,16;text\n',
    '5,x,200,-;t\n',
    '5,16,99999999999999999,-;t\n',
    ',,,;t\n',
  ])('refuses %j', raw => {
    expect(() => parseKmsgRecord(latin1(raw))).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_MALFORMED' }))
  })

  it('makes something of any bytes, or throws its own error', () => {
    const garbage = fc
      .uint8Array({ maxLength: 80 })
      .map(bytes => bytes.map(byte => [44, 59, 10, 48, 32][byte % 8] ?? byte))
    fc.assert(
      fc.property(garbage, raw => {
        try {
          parseKmsgRecord(raw)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
    )
  })
})

describe('unescapeKmsg', () => {
  /** What the kernel shows for a text. */
  const escape = (bytes: Uint8Array): Uint8Array =>
    latin1(
      [...bytes]
        .map(byte => {
          const shown = byte >= 32 && byte < 127 && byte !== 0x5c
          return shown ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
        })
        .join(''),
    )

  it('turns what the kernel escaped back into what was written, once', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
        expect(unescapeKmsg(escape(bytes), { keepNewlines: true })).toEqual(bytes)
      }),
    )
  })

  it('leaves a newline escaped unless asked, so that a record stays one line', () => {
    expect(text(unescapeKmsg(latin1('a\\x0ab\\x09c')))).toBe('a\\x0ab\tc')
  })

  it('keeps what is no escape', () => {
    for (const plain of ['a\\', '\\x', '\\x4', '\\xzz', '\\n']) expect(text(unescapeKmsg(latin1(plain)))).toBe(plain)
  })
})

describe('formatKmsgMissed', () => {
  it('says how many records the kernel overwrote', () => {
    expect(text(formatKmsgMissed(1, 1000))).toBe('<7>[    0.001000] WARNING: missed 1 log entries\n')
  })
})
