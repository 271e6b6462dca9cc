import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latin1 } from '../../test/pieces.ts'
import { hex, vectors } from '../../test/vectors.ts'
import { ProtocolError } from '../errors.ts'
import { utf8Text } from '../utf8.ts'
import { encodeAggregate, formatDecimal, parseAggregate } from './aggregate.ts'
import { encodeHidden, formatCapabilities, parseCapabilities } from './hidden.ts'
import {
  encodeHealthAnswer,
  encodeServerMessage,
  parseServerMessage,
  readHealth,
  type ServerMessage,
} from './server-message.ts'

interface Vector {
  readonly name: string
  readonly hex: string
  readonly plain: boolean
  readonly message: unknown
}

/** Bytes as text and maps as lists, as the vectors have them. */
function readable(message: ServerMessage): unknown {
  return JSON.parse(
    JSON.stringify(message, (_key, value: unknown) => {
      if (value instanceof Uint8Array) return utf8Text(value)
      return value instanceof Map ? [...(value as Map<string, string>)] : value
    }),
  )
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

describe('parseServerMessage', () => {
  it.each(vectors<Vector[]>('dtail-messages'))('reads $name', ({ hex: digits, plain, message }) => {
    expect(readable(parseServerMessage(hex(digits).subarray(0, -1), { plain }))).toEqual(message)
  })

  it('takes what it cannot tell for a plain line', () => {
    for (const line of ['REMOTE|h|100|1', 'SERVER|x', 'remote|h|1|1|x|y', '']) {
      expect(parseServerMessage(latin1(line))).toEqual({ kind: 'plain', content: latin1(line) })
    }
  })

  it('tells nothing apart in a plain session but what cannot be a line', () => {
    const line = latin1('REMOTE|h|100|1|x|y\n')
    expect(parseServerMessage(line, { plain: true })).toEqual({ kind: 'plain', content: line })
  })

  it('recognises the answer to AUTHKEY by its header, without one only while it is waited for, never in a line', () => {
    const answer = latin1('SERVER|h1|AUTHKEY OK\n')
    const line = latin1('REMOTE|h|100|1|x|said|AUTHKEY OK\n')
    expect(parseServerMessage(answer, { authkey: true })).toEqual({ kind: 'authkey', accepted: true, detail: '' })
    expect(parseServerMessage(latin1('AUTHKEY ERR feature disabled\n'), { plain: true, authkey: true })).toMatchObject({
      accepted: false,
      detail: 'feature disabled',
    })
    expect(parseServerMessage(answer)).toMatchObject({ kind: 'authkey' })
    expect(parseServerMessage(answer, { plain: true })).toMatchObject({ kind: 'plain' })
    expect(parseServerMessage(latin1('AUTHKEY OK\n'))).toMatchObject({ kind: 'plain' })
    expect(parseServerMessage(line, { authkey: true })).toMatchObject({ kind: 'remote' })
  })

  it('makes something of any bytes, or throws its own error', () => {
    const prefixes = fc.constantFrom('', 'REMOTE|', 'SERVER|', 'AGGREGATE|', 'AGGREGATE|h|k\u2225', '.')
    fc.assert(
      fc.property(prefixes, fc.uint8Array({ maxLength: 60 }), fc.boolean(), (prefix, rest, plain) => {
        try {
          parseServerMessage(Buffer.concat([Buffer.from(prefix), rest]), { plain })
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
    )
  })
})

describe('encodeServerMessage', () => {
  it('ends every visible text with a newline, unless told to be exact', () => {
    expect(text(encodeServerMessage('hello', { hostname: 'h1.example.org' }))).toBe('SERVER|h1|hello\n\xac')
    expect(text(encodeServerMessage('hello\n', { hostname: 'h1' }))).toBe('SERVER|h1|hello\n\xac')
    expect(text(encodeServerMessage('hello', { hostname: 'h1', exact: true }))).toBe('SERVER|h1|hello\xac')
  })

  it('sends a plain session the text alone, and no empty text', () => {
    expect(text(encodeServerMessage('hello', { hostname: 'h1', plain: true }))).toBe('hello\n\xac')
    expect(encodeServerMessage('\n', { hostname: 'h1', plain: true })).toHaveLength(0)
  })
})

describe('encodeHidden', () => {
  it('lists capabilities that parseCapabilities reads', () => {
    const names = ['query-update-v1', 'journal-v1']
    expect(text(encodeHidden(formatCapabilities(names)))).toBe('.syn capabilities query-update-v1 journal-v1\xac')
    expect(parseCapabilities(formatCapabilities(names))).toEqual(names)
    expect(parseCapabilities('.syn close connection')).toBeUndefined()
  })

  it('refuses a text that would be printed', () => {
    expect(() => encodeHidden('hello')).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_UNENCODABLE' }))
  })
})

describe('readHealth', () => {
  it('finds OK behind the last bar of any line or message', () => {
    expect(readHealth(encodeHealthAnswer('h1'))).toBe(true)
    expect(readHealth(latin1('OK\xac'))).toBe(true)
    expect(readHealth(latin1('.syn capabilities\xacSERVER|a|b|OK\n\xac'))).toBe(true)
    for (const bad of ['', 'SERVER|h1|NOT OK', 'SERVER|h1|OKAY\xac', 'OK|x'])
      expect(readHealth(latin1(bad))).toBe(false)
  })
})

describe('encodeAggregate', () => {
  it('puts numbers first and ends with a delimiter', () => {
    const values = new Map<string, number | string>([
      ['last($t)', '1002-071949'],
      ['count($line)', 597],
    ])
    const message = encodeAggregate('h1.example.org', { key: 'a,b', samples: 597, values })
    expect(Buffer.from(message.subarray(0, -1)).toString()).toBe(
      'AGGREGATE|h1|a,b∥597∥count($line)≔597∥last($t)≔1002-071949∥',
    )
    expect(message.at(-1)).toBe(0xac)
  })

  it('sends nothing for a group without values, which would crash clients', () => {
    expect(encodeAggregate('h1', { key: 'a', samples: 1, values: new Map() })).toHaveLength(0)
  })

  it('is read back, values as text', () => {
    const word = fc.stringMatching(/^[a-z$()]{1,8}$/)
    const values = fc.dictionary(word, fc.oneof(fc.double({ noNaN: true }), word), { minKeys: 1 })
    fc.assert(
      fc.property(word, fc.nat(), values, (key, samples, record) => {
        const group = { key, samples, values: new Map(Object.entries(record)) }
        const parsed = parseAggregate(encodeAggregate('h', group).subarray(0, -1))
        expect(parsed).toMatchObject({ hostname: 'h', group: { key, samples } })
        const expected = Object.entries(record).map(([name, value]) => [
          name,
          typeof value === 'number' ? formatDecimal(value) : value,
        ])
        expect(Object.fromEntries(parsed.group.values)).toEqual(Object.fromEntries(expected))
      }),
    )
  })
})

describe('formatDecimal', () => {
  it('writes the shortest decimal that reads back, without exponent', () => {
    expect([0, 6942.5, 1e21, 1.5e-7, -2.25e22, 0.1].map(formatDecimal)).toEqual([
      '0',
      '6942.5',
      '1000000000000000000000',
      '0.00000015',
      '-22500000000000000000000',
      '0.1',
    ])
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), number => {
        const decimal = formatDecimal(number)
        expect(decimal).toMatch(/^-?\d+(\.\d+)?$/)
        expect(Number(decimal)).toBe(number)
      }),
    )
  })

  it('names what is no number as Go does', () => {
    expect([NaN, Infinity, -Infinity].map(formatDecimal)).toEqual(['NaN', '+Inf', '-Inf'])
  })
})
