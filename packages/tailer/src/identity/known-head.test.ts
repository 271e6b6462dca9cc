import { describe, expect, it } from 'vitest'
import { beginAlike, beginsWith, headOfId, isHeadOfId, proofOfHead, startOf } from './known-head.ts'
import { hashBytes } from './identity.ts'

const head = Uint8Array.from({ length: 1024 }, (_, i) => (i * 7) % 251)
const other = Uint8Array.from(head, (byte, i) => (i === 700 ? byte ^ 1 : byte))
const idOf = (bytes: Uint8Array): string => `f1:1:2:3:${bytes.length}:${hashBytes(bytes)}`

describe('the proof of a head', () => {
  it('tells who begins with it as the head itself does', () => {
    const longer = Buffer.concat([head, Buffer.from('more')])
    for (const bytes of [longer, head, other, head.subarray(0, 60), new Uint8Array(0)]) {
      expect(beginAlike(proofOfHead(head), bytes)).toBe(beginAlike(head, bytes))
      expect(beginsWith(bytes, proofOfHead(head))).toBe(beginsWith(bytes, head))
    }
  })

  it('takes nobody for a copy where it cannot tell', () => {
    expect(beginAlike(head, head.subarray(0, 700))).toBe(true)
    expect(beginAlike(proofOfHead(head), head.subarray(0, 700))).toBe(false)
  })

  it('is found again in the id of its source, whole where it is short', () => {
    for (const bytes of [head, head.subarray(0, 90), new Uint8Array(0)]) {
      expect(isHeadOfId(bytes, idOf(bytes))).toBe(true)
      expect(isHeadOfId(proofOfHead(bytes), idOf(bytes))).toBe(true)
      const found = headOfId(idOf(bytes), startOf(bytes))
      if (bytes.length > 256) expect(found).toEqual(proofOfHead(bytes))
      else expect(Buffer.from(found as Uint8Array)).toEqual(Buffer.from(bytes))
    }
    expect(isHeadOfId(other, idOf(head))).toBe(false)
  })
})
