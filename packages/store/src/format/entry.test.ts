import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEntry, encodeEntryHead, type Entry } from './entry.ts'

const entries = fc.record({
  id: fc.record({ epoch: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/), sequence: fc.maxSafeNat() }),
  receivedAtMs: fc.maxSafeNat(),
  bytes: fc.uint8Array({ maxLength: 200 }),
})

function frame(entry: Entry): Uint8Array {
  return new Uint8Array(Buffer.concat([encodeEntryHead(entry), entry.bytes]))
}

describe('decodeEntry', () => {
  it('reads what was encoded, and calls every shorter piece short', () => {
    fc.assert(
      fc.property(entries, fc.nat(), (entry, cut) => {
        const bytes = frame(entry)
        expect(decodeEntry(bytes, 0)).toEqual({ kind: 'entry', entry, end: bytes.length })
        expect(decodeEntry(bytes.subarray(0, cut % bytes.length), 0).kind).toBe('short')
      }),
    )
  })

  it('never takes a changed byte for an entry', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 255 }), (entry, at, change) => {
        const bytes = frame(entry)
        bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ change
        expect(decodeEntry(bytes, 0).kind).not.toBe('entry')
      }),
    )
  })

  it('survives any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), bytes => void decodeEntry(bytes, 0)))
  })
})

describe('encodeEntryHead', () => {
  it.each([
    { epoch: '', sequence: 0 },
    { epoch: 'a/b', sequence: 0 },
    { epoch: 'a', sequence: -1 },
    { epoch: 'a', sequence: 2 ** 53 },
  ])('refuses the id %j', id => {
    expect(() => encodeEntryHead({ id, receivedAtMs: 0, bytes: new Uint8Array(1) })).toThrow(
      expect.objectContaining({ code: 'LF_STORE_ENTRY' }),
    )
  })
})
