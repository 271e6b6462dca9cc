import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, cuts, latin1, outcome } from '../../test/pieces.ts'
import { hex, vectors } from '../../test/vectors.ts'
import { encodeMultipart, MultipartDecoder, parseBoundary, type MultipartEvent } from './multipart.ts'

interface Vector {
  readonly name: string
  readonly unixSeconds: number
  readonly content: string
  readonly contentType: string
  readonly body: string
}

interface Part {
  readonly name: string
  readonly filename: string | undefined
  readonly content: Uint8Array
  readonly ended: boolean
}

/** The parts with their data joined, since its pieces depend on the chunks. */
function parts(events: readonly MultipartEvent[]): Part[] {
  const read: Part[] = []
  for (const event of events) {
    const last = read.at(-1)
    if (event.kind === 'part') read.push({ ...event, content: new Uint8Array(0), ended: false })
    else if (!last) throw new Error('data before a part')
    else if (event.kind === 'data') read[read.length - 1] = { ...last, content: concat([last.content, event.bytes]) }
    else read[read.length - 1] = { ...last, ended: true }
  }
  return read.map(({ name, filename, content, ended }) => ({ name, filename, content, ended }))
}

function decode(body: Uint8Array, sizes: readonly number[], limits = {}): { parts: Part[]; code: string } {
  const { values, code } = outcome(new MultipartDecoder({ boundary: 'b', ...limits }), body, sizes)
  return { parts: parts(values), code }
}

const part = (name: string, content: string): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`

describe('encodeMultipart', () => {
  it.each(vectors<Vector[]>('gfiber-multipart'))('writes the upload of $name byte for byte', vector => {
    const content = hex(vector.content)
    const form = encodeMultipart({ ...vector, content })
    expect(form).toEqual({
      contentType: vector.contentType,
      body: latin1(vector.body.replace('@', String.fromCharCode(...content))),
    })
    expect(form.body.length - content.length).toBe(127 + vector.name.length - 'dmesg'.length)
  })

  it('refuses a name that would need escapes', () => {
    const form = (): unknown => encodeMultipart({ name: 'a"b', unixSeconds: 0, content: new Uint8Array(0) })
    expect(form).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_UNENCODABLE' }))
  })
})

describe('MultipartDecoder', () => {
  it('yields what was encoded however the stream is cut', () => {
    const contents = fc
      .uint8Array({ maxLength: 80 })
      .map(bytes => bytes.map(byte => (byte % 4 === 0 ? ([13, 10, 45][byte % 3] ?? 0) : byte)))
    fc.assert(
      fc.property(contents, cuts, (content, sizes) => {
        const form = encodeMultipart({ name: 'dmesg', unixSeconds: 1_700_000_000, content })
        const decoder = new MultipartDecoder({ boundary: parseBoundary(form.contentType) })
        const { values, code } = outcome(decoder, form.body, sizes)
        expect(code).toBe('')
        expect(parts(values)).toEqual([{ name: 'file', filename: 'dmesg', content, ended: true }])
      }),
    )
  })

  it('takes several parts, a preamble and an epilogue', () => {
    const body = latin1(`before\r\n${part('a', 'x')}${part('c', '')}--b--\r\nafter`)
    for (const size of [1, 4, 1000]) {
      expect(decode(body, [size])).toEqual({
        parts: [
          { name: 'a', filename: undefined, content: latin1('x'), ended: true },
          { name: 'c', filename: undefined, content: latin1(''), ended: true },
        ],
        code: '',
      })
    }
  })

  it.each([
    ['a form without its end', part('a', 'x'), {}, 'LF_PROTOCOL_TRUNCATED'],
    ['no form at all', 'x'.repeat(5000), {}, 'LF_PROTOCOL_MALFORMED'],
    ['a part without a name', '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--', {}, 'LF_PROTOCOL_MALFORMED'],
    ['a part without headers', '--b\r\n\r\nx\r\n--b--', {}, 'LF_PROTOCOL_MALFORMED'],
    ['a boundary with a tail', '--bx\r\n', {}, 'LF_PROTOCOL_MALFORMED'],
    ['too many parts', `${part('a', '')}${part('c', '')}--b--`, { maxParts: 1 }, 'LF_PROTOCOL_MALFORMED'],
    ['too long headers', `--b\r\n${'x'.repeat(100)}`, { maxHeaderBytes: 50 }, 'LF_PROTOCOL_FRAME_TOO_LARGE'],
    ['too much data', `${part('a', 'x'.repeat(30))}--b--`, { maxContentBytes: 20 }, 'LF_PROTOCOL_FRAME_TOO_LARGE'],
  ])('refuses %s', (_what, body, limits, code) => {
    for (const size of [1, 7, 10_000]) expect(decode(latin1(body), [size], limits).code).toBe(code)
  })

  it('fails or ends the same on garbage however it is cut', () => {
    const tokens = fc.constantFrom(
      '--b',
      '\r\n',
      '--',
      'Content-Disposition: form-data; name="a"',
      '\r\n\r\n',
      'x',
      '\r',
      '-',
    )
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 14 }), cuts, (text, sizes) => {
        const body = latin1(text.join(''))
        const [some, once] = [decode(body, sizes), decode(body, [body.length + 1])]
        expect(some.code).toBe(once.code)
        if (once.code === '') expect(some).toEqual(once)
      }),
    )
  })
})

describe('parseBoundary', () => {
  it('finds the boundary, quoted or not, beside other parameters', () => {
    expect(parseBoundary('multipart/form-data; boundary=foo-splitter--1')).toBe('foo-splitter--1')
    expect(parseBoundary('Multipart/Form-Data; charset=utf-8; boundary="a b"')).toBe('a b')
  })

  it.each(['', 'text/plain; boundary=x', 'multipart/form-data', `multipart/form-data; boundary=${'x'.repeat(71)}`])(
    'refuses "%s"',
    contentType => {
      expect(() => parseBoundary(contentType)).toThrow(expect.objectContaining({ code: 'LF_PROTOCOL_MALFORMED' }))
    },
  )
})
