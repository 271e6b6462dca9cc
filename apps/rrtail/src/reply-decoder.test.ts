import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplyDecoder } from './reply-decoder.ts'

/** Bytes per part, so that chunking does not matter. */
function decode(reply: Uint8Array, sizes: readonly number[]): string[] {
  const decoder = new ReplyDecoder('MARK')
  const parts: string[] = []
  for (let at = 0, i = 0; at < reply.length; i++) {
    decoder.push(reply.subarray(at, (at += sizes[i % sizes.length] as number)))
    for (let part = decoder.read(); part; part = decoder.read()) {
      if (part.kind !== 'bytes') parts.push(`${part.kind} ${part.number}:`)
      else parts[parts.length - 1] += Buffer.from(part.bytes).toString('latin1')
    }
  }
  return parts
}

describe('ReplyDecoder', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })

  it('reads the same parts however the reply is cut, and skips what the login shell says', () => {
    const reply = Buffer.from(
      'Welcome!\nMARK\nMARK rest 5\nMARK\nMARK rest 0\nMARK lost 12\nMARK live 0\nMARK rest 9\nend',
    )
    fc.assert(
      fc.property(cuts, sizes => {
        expect(decode(reply, sizes)).toEqual(['rest 5:MARK\n', 'rest 0:', 'lost 12:', 'live 0:MARK rest 9\nend'])
      }),
    )
  })

  it('ends with our error on garbage, and keeps little of it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (garbage, sizes) => {
        expect(decode(garbage, sizes)).toEqual([])
      }),
    )
    const decoder = new ReplyDecoder('MARK')
    decoder.push(new Uint8Array(100_000))
    expect(() => {
      while (decoder.read());
    }).toThrow(expect.objectContaining({ code: 'LF_RRTAIL_CONNECTION' }))
    const broken = Buffer.from('MARK rest 0\nnoise\n')
    expect(() => decode(broken, [100])).toThrow(expect.objectContaining({ code: 'LF_RRTAIL_CONNECTION' }))
  })
})
