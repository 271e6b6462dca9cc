import fc from 'fast-check'
import { normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { segmentFile, segmentNumber, streamFolder, streamOfFolder } from './names.ts'

const streams = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter(name => new TextEncoder().encode(name).length <= 80 && name !== '__proto__')

describe('streamFolder', () => {
  it('gives every stream a plain folder name that leads back to it', () => {
    fc.assert(
      fc.property(streams, stream => {
        const folder = streamFolder(stream)
        expect(folder).toMatch(/^[a-z0-9_%-][a-z0-9_.%-]*$/)
        expect(normalize(`/root/${folder}`)).toBe(`/root/${folder}`)
        expect(streamOfFolder(folder)).toBe(stream)
      }),
    )
  })

  it.each([
    ['..', '%2e.'],
    ['.ssh', '%2essh'],
    ['a/../b', 'a%2f..%2fb'],
    ['Router-7', '%52outer-7'],
    ['a\0b', 'a%00b'],
  ])('writes %j as %s', (stream, folder) => {
    expect(streamFolder(stream)).toBe(folder)
  })

  it.each(['', 'x'.repeat(81), '\ud800', '__proto__'])('refuses %j', stream => {
    expect(() => streamFolder(stream)).toThrow(expect.objectContaining({ code: 'LF_STORE_STREAM' }))
  })

  it('knows its own folders only', () => {
    for (const folder of ['.hidden', '%41%zz', 'UPPER', '%61', 'lost+found'])
      expect(streamOfFolder(folder)).toBeUndefined()
  })
})

describe('segmentNumber', () => {
  it('reads what segmentFile wrote and nothing else', () => {
    expect(segmentNumber(segmentFile(42))).toBe(42)
    for (const file of ['0000000000.seg', '42.seg', '0000000042.seg.tmp']) expect(segmentNumber(file)).toBeUndefined()
  })
})
