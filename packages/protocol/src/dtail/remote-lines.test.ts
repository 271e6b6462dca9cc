import { eachLine, lineBatch, selectLines, type LineBatch } from '@logflow/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latin1 } from '../../test/pieces.ts'
import { vectors } from '../../test/vectors.ts'
import { cleanPath, encodeRemoteLines, sourceIdOf } from './remote-lines.ts'

const source = { host: 'h1.example.org', path: '/tmp/x', id: 's1' }
const options = { hostname: 'h1.example.org', sourceId: 'x', plain: false }
const batches = fc
  .record({ bytes: fc.uint8Array({ maxLength: 120 }), firstLine: fc.nat(2_000_000) })
  .map(({ bytes, firstLine }) => {
    return lineBatch({ source, bytes: bytes.map(byte => (byte % 6 === 0 ? 10 : byte)), firstLine })
  })

/** The messages one by one, written the plain way. */
function slowly(batch: LineBatch, plain: boolean): string {
  const numbers = batch.lineNumbers ?? Float64Array.from(batch.ends, (_end, index) => batch.firstLine + index)
  return [...eachLine(batch)]
    .map((line, index) => {
      const content = Buffer.from(line).toString('latin1')
      const number = batch.firstLine === 0 ? 0 : (numbers[index] as number)
      const header = plain ? '' : `REMOTE|h1|100|${number}|x|`
      return `${header}${content}${content.endsWith('\n') ? '' : '\n'}\xac`
    })
    .join('')
}

describe('encodeRemoteLines', () => {
  it('writes a header, the line with a newline, and the terminator', () => {
    const batch = lineBatch({ source, bytes: latin1('a\nb'), firstLine: 9 })
    const messages = encodeRemoteLines(batch, options)
    expect(Buffer.from(messages).toString('latin1')).toBe('REMOTE|h1|100|9|x|a\n\xacREMOTE|h1|100|10|x|b\n\xac')
  })

  it('says for any batch what writing line by line says', () => {
    fc.assert(
      fc.property(batches, fc.boolean(), (batch, plain) => {
        const messages = encodeRemoteLines(batch, { ...options, plain })
        expect(Buffer.from(messages).toString('latin1')).toBe(slowly(batch, plain))
      }),
    )
  })

  it('keeps the line numbers of a selection', () => {
    fc.assert(
      fc.property(batches, fc.infiniteStream(fc.boolean()), (batch, keep) => {
        const indexes = [...batch.ends.keys()].filter(() => keep.next().value)
        const selection = selectLines(batch, indexes)
        const messages = encodeRemoteLines(selection, options)
        fc.pre(batch.firstLine > 0)
        expect(Buffer.from(messages).toString('latin1')).toBe(slowly(selection, false))
      }),
    )
  })

  it('leaves a byte 0xAC in a line as it is, as the originals do', () => {
    const batch = lineBatch({ source, bytes: latin1('a\xacb\n') })
    expect(encodeRemoteLines(batch, { ...options, plain: true })).toEqual(latin1('a\xacb\n\xac'))
  })
})

describe('sourceIdOf', () => {
  it.each(vectors<{ glob: string; path: string; sourceId: string }[]>('dtail-source-ids'))(
    'calls $path of $glob $sourceId',
    ({ glob, path, sourceId }) => {
      expect(sourceIdOf(glob, path)).toBe(sourceId)
    },
  )
})

describe('cleanPath', () => {
  it.each([
    ['', '.'],
    ['/', '/'],
    ['a/../..', '..'],
    ['/../a', '/a'],
    ['./a//b/', 'a/b'],
    ['a/./../b', 'b'],
  ])('makes %s to %s', (path, clean) => {
    expect(cleanPath(path)).toBe(clean)
  })
})
