import { describe, expect, it } from 'vitest'
import { discardBytes } from './discard-bytes.ts'

const canTransfer = 'transfer' in ArrayBuffer.prototype

describe('discardBytes', () => {
  it('takes large memory away from whoever held it, where this Node can', () => {
    const bytes = new Uint8Array(1024 * 1024)
    discardBytes(bytes.subarray(5, 10))
    expect(bytes.length).toBe(canTransfer ? 0 : 1024 * 1024)
  })

  it('leaves alone what may belong to somebody else', () => {
    const small = Buffer.from('part of a pool')
    for (const bytes of [small, new Uint8Array(new SharedArrayBuffer(1024 * 1024))]) {
      const { length } = bytes
      discardBytes(bytes)
      expect(bytes).toHaveLength(length)
    }
  })
})
