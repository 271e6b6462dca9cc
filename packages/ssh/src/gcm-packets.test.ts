import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GcmCipher, GcmDecipher, type GcmStart } from './gcm-packets.ts'

const start: GcmStart = {
  algorithm: 'aes-128-gcm',
  key: Buffer.alloc(16, 7),
  // The counter carries over while the packets of a test are made.
  counter: Buffer.from('000000000000000000fffffe', 'hex'),
  sequence: 3,
}

/** Payloads as they go over the wire. */
function encrypt(payloads: readonly Uint8Array[]): Buffer {
  const written: Uint8Array[] = []
  const cipher = new GcmCipher(start, bytes => written.push(bytes))
  for (const payload of payloads) {
    const packet = cipher.allocPacket(payload.length)
    packet.set(payload, 5)
    cipher.encrypt(packet)
  }
  return Buffer.concat(written)
}

function decrypt(wire: Buffer, sizes: readonly number[], maxPacketBytes = 1e6): Buffer[] {
  const payloads: Buffer[] = []
  const decipher = new GcmDecipher(start, payload => void payloads.push(payload))
  decipher.maxPacketBytes = maxPacketBytes
  for (let at = 0, i = 0; at < wire.length; i++) {
    const size = sizes[i % sizes.length] as number
    // A chunk of its own that is overwritten at once: nothing of it may be kept.
    const chunk = Buffer.from(wire.subarray(at, at + size))
    decipher.decrypt(chunk, 0, chunk.length)
    chunk.fill(0)
    at += size
  }
  return payloads
}

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.nat(90_000).map(size => new Uint8Array(size).fill(5)),
)
const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(70_000)), { minLength: 1, maxLength: 4 })

describe('AES-GCM packets', () => {
  it('come out as they went in, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 5 }), cuts, (payloads, sizes) => {
        const large = payloads.some(({ length }) => length > 1000)
        const opened = decrypt(encrypt(payloads), large ? sizes.map(size => size + 5000) : sizes)
        expect(opened.map(bytes => bytes.toString('latin1'))).toEqual(
          payloads.map(bytes => Buffer.from(bytes).toString('latin1')),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('are refused when one bit is another, or when they are longer than agreed', () => {
    const wire = encrypt([Buffer.from('some payload')])
    for (let at = 4; at < wire.length; at++) {
      const damaged = Buffer.from(wire)
      damaged[at] = (damaged[at] as number) ^ 1
      expect(() => decrypt(damaged, [99])).toThrow()
    }
    expect(() => decrypt(encrypt([Buffer.alloc(40_000)]), [9999], 35_000)).toThrow('Bad packet length')
    expect(() => decrypt(Buffer.from('ffffffff', 'hex'), [1])).toThrow('Bad packet length')
  })

  it('stop where whoever gets them wants it', () => {
    const wire = encrypt([Buffer.from('one'), Buffer.from('two')])
    const decipher = new GcmDecipher(start, () => false)
    expect(decipher.decrypt(wire, 0, wire.length)).toBe(wire.length / 2)
  })
})
