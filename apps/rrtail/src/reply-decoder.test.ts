import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplyDecoder } from './reply-decoder.ts'

/** The parts, bytes of one run together, so that chunking does not matter. */
function decode(reply: Uint8Array, sizes: readonly number[]): string[] {
  const decoder = new ReplyDecoder('MARK')
  const parts: string[] = []
  for (let at = 0, i = 0; at < reply.length; i++) {
    decoder.push(reply.subarray(at, (at += sizes[i % sizes.length] as number)))
    for (let part = decoder.read(); part; part = decoder.read()) {
      if (part.kind === 'bytes') parts[parts.length - 1] += Buffer.from(part.bytes).toString('latin1')
      else parts.push(`${part.kind} ${'text' in part ? part.text : part.number}:`)
    }
  }
  return parts
}

const connectionError = expect.objectContaining({ code: 'LF_RRTAIL_CONNECTION' }) as Error

describe('ReplyDecoder', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 })

  it('reads the same parts however the reply is cut, and skips what the login shell says', () => {
    const reply = Buffer.from(
      'Welcome!\nMARK\nMARK name /var/log/a b\nMARK this 12\nMARK more 5\nMMARSMARK next 18446744073709551615\n' +
        'MARK lost 12\nMARK idle 0\nMARK late 7\nMARK bad x.gz\nMARK more 3\nMAR',
    )
    fc.assert(
      fc.property(cuts, sizes => {
        expect(decode(reply, sizes)).toEqual([
          'name /var/log/a b:',
          'this 12:',
          'more 5:MMARS',
          'next 18446744073709551615:',
          'lost 12:',
          'idle 0:',
          'late 7:',
          'bad x.gz:',
          'more 3:MAR',
        ])
      }),
    )
  })

  it('never takes a line of the script for bytes of a file that gave fewer than announced', () => {
    const reply = Buffer.from('MARK more 100\nreal MARMARK idle 8\nMARK idle 8\n')
    fc.assert(
      fc.property(cuts, sizes => {
        const decoder = new ReplyDecoder('MARK')
        let bytes = ''
        const feed = (): void => {
          for (let at = 0, i = 0; at < reply.length; i++) {
            decoder.push(reply.subarray(at, (at += sizes[i % sizes.length] as number)))
            for (let part = decoder.read(); part; part = decoder.read())
              if (part.kind === 'bytes') bytes += Buffer.from(part.bytes).toString()
          }
        }
        expect(feed).toThrow(connectionError)
        expect(bytes).toBe('real MAR')
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
    }).toThrow(connectionError)
    for (const reply of ['MARK more 0\nnoise\n', 'MARK this 1\nMARK this x\n', 'MARK idle 1\nMARK more -1\n'])
      expect(() => decode(Buffer.from(reply), [100])).toThrow(connectionError)
  })
})
