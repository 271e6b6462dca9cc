import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteQueue } from './byte-queue.ts'

const chunks = fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 12 })
const sizes = fc.array(fc.nat(9), { maxLength: 40 })

describe('ByteQueue', () => {
  it('gives out what was pushed, in any pieces', () => {
    fc.assert(
      fc.property(chunks, sizes, (pushed, takes) => {
        const queue = new ByteQueue()
        for (const chunk of pushed) queue.push(chunk)
        const whole = Buffer.concat(pushed)
        const out: Uint8Array[] = []
        let at = 0
        for (const size of takes) {
          const count = Math.min(size, queue.length)
          if (count % 2 === 0) out.push(queue.take(count))
          else {
            out.push(whole.subarray(at, at + count))
            queue.skip(count)
          }
          at += count
          expect(queue.length).toBe(whole.length - at)
        }
        out.push(queue.take(queue.length))
        expect(Buffer.concat(out)).toEqual(whole)
      }),
    )
  })

  it('finds and shows bytes as one run would', () => {
    fc.assert(
      fc.property(chunks, fc.nat(20), fc.nat(255), (pushed, skipped, byte) => {
        const queue = new ByteQueue()
        for (const chunk of pushed) queue.push(chunk)
        const start = Math.min(skipped, queue.length)
        queue.skip(start)
        const whole = Buffer.concat(pushed).subarray(start)
        expect(queue.indexOf(byte)).toBe(whole.indexOf(byte))
        expect(queue.indexOf(byte, 3)).toBe(whole.indexOf(byte, 3))
        for (let i = 0; i < whole.length; i++) expect(queue.peek(i)).toBe(whole[i])
        if (whole.length >= 4) expect(queue.peekUint32(0)).toBe(whole.readUInt32BE(0))
      }),
    )
  })

  it('keeps what was taken true while more small chunks come', () => {
    const queue = new ByteQueue()
    const taken: Uint8Array[] = []
    for (let i = 0; i < 40_000; i++) {
      queue.push(Uint8Array.of(i & 255))
      if (i % 3 === 0) taken.push(queue.take(1))
    }
    expect(taken.every((bytes, i) => bytes[0] === (i & 255))).toBe(true)
    expect(queue.length).toBe(40_000 - taken.length)
  })

  it('never lets a Buffer out', () => {
    const queue = new ByteQueue()
    queue.push(Buffer.from('abc'))
    expect(queue.take(2).constructor).toBe(Uint8Array)
  })

  it('refuses to take, skip or show what has not arrived', () => {
    const queue = new ByteQueue()
    queue.push(Uint8Array.of(1, 2, 3))
    for (const use of [() => queue.take(4), () => queue.skip(4), () => queue.peek(3), () => queue.peekUint32(0)])
      expect(use).toThrow(RangeError)
    expect(queue.length).toBe(3)
  })
})
