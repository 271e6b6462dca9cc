import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latin1 } from '../../test/pieces.ts'
import { ProtocolError } from '../errors.ts'
import { encodeUploadAck, MAX_RETRY_AFTER_MS, parseUploadAck, uploadOutcome } from './upload-exchange.ts'

const id = { epoch: 'e1', sequence: 7 }

describe('parseUploadAck', () => {
  it('reads what encodeUploadAck wrote', () => {
    for (const duplicate of [true, false]) {
      expect(parseUploadAck(encodeUploadAck({ id, duplicate }), id)).toEqual({ id, duplicate })
    }
  })

  it('refuses the ack of another batch', () => {
    const other = encodeUploadAck({ id: { ...id, sequence: 8 }, duplicate: false })
    expect(() => parseUploadAck(other, id)).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_MALFORMED' }))
  })

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"batch":"e1/7"}',
    '{"batch":7,"duplicate":false}',
    '{"batch":"x","duplicate":true}',
    '\xff',
  ])('refuses %s as no ack', text => {
    expect(() => parseUploadAck(latin1(text), id)).toThrow(ProtocolError)
  })
})

describe('uploadOutcome', () => {
  it('lets a batch go on 200 only', () => {
    expect(uploadOutcome(200, {})).toEqual({ kind: 'accepted' })
    expect(uploadOutcome(200, { 'logflow-duplicate': 'true' })).toEqual({ kind: 'duplicate' })
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), status => {
        fc.pre(status !== 200)
        expect(['retry', 'refused']).toContain(uploadOutcome(status, {}).kind)
      }),
    )
  })

  it.each([
    [400, 'malformed'],
    [401, 'unknown-device'],
    [403, 'unknown-device'],
    [413, 'too-large'],
    [415, 'unsupported-encoding'],
  ])('takes %i for a refusal: %s', (status, reason) => {
    expect(uploadOutcome(status, {})).toEqual({ kind: 'refused', reason })
  })

  it('believes Retry-After in seconds and as a date, up to five minutes', () => {
    const nowMs = Date.UTC(2026, 0, 1)
    const after = (value: string): number | undefined => {
      const outcome = uploadOutcome(503, { 'retry-after': value }, nowMs)
      return outcome.kind === 'retry' ? outcome.afterMs : undefined
    }
    expect(after('12')).toBe(12_000)
    expect(after('999999')).toBe(MAX_RETRY_AFTER_MS)
    expect(after('Thu, 01 Jan 2026 00:00:30 GMT')).toBe(30_000)
    expect(after('Thu, 01 Jan 2015 00:00:30 GMT')).toBe(0)
    expect(after('soon')).toBeUndefined()
    expect(uploadOutcome(429, {})).toEqual({ kind: 'retry', afterMs: undefined })
    expect(uploadOutcome(507, { 'retry-after': ['3', '4'] })).toEqual({ kind: 'retry', afterMs: 3000 })
  })
})
