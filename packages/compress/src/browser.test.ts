import { gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asyncChunksOf as cut, collect } from '../../testkit/src/index.ts'
import { canCompress, compress, CompressError, decompress, decompressStream } from './browser.ts'
import { skippable, zstdFrame } from '../test/zstd-frames.ts'

const content = fc.uint8Array({ maxLength: 300 })
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

type Packed = 'gzip' | 'zlib' | 'zstd'

async function unfold(bytes: Uint8Array, format: Packed, sizes: readonly number[]): Promise<Buffer> {
  return Buffer.concat(await collect(decompressStream(cut(bytes, sizes), { format })))
}

describe('the browser entry', () => {
  it('unfolds what it packed, and what node:zlib packed, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 3 }), cuts, async (parts, sizes) => {
        const whole = Buffer.concat(parts)
        const frames = parts.flatMap(part => [zstdFrame(part), skippable(3)])
        const packed = {
          gzip: Buffer.concat(parts.map(part => gzipSync(part))),
          zlib: await compress(whole, { format: 'zlib' }),
          zstd: Buffer.concat(frames),
        }
        for (const format of ['gzip', 'zlib', 'zstd'] as const) {
          expect((await unfold(packed[format], format, sizes)).equals(whole)).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('packs what node:zlib unfolds, and says that it cannot write zstd', async () => {
    const bytes = Buffer.from('a line\n'.repeat(1000))
    expect(gunzipSync(await compress(bytes, { format: 'gzip', level: 6 })).equals(bytes)).toBe(true)
    expect(inflateSync(await compress(bytes, { format: 'zlib' })).equals(bytes)).toBe(true)
    expect(canCompress('zstd')).toBe(false)
    await expect(compress(bytes, { format: 'zstd' })).rejects.toThrow(
      expect.objectContaining({ code: 'LF_COMPRESS_UNSUPPORTED' }),
    )
  })

  it('stops at the limit', async () => {
    await expect(decompress(gzipSync(Buffer.alloc(1 << 24)), { format: 'gzip', maxOutputBytes: 100 })).rejects.toThrow(
      expect.objectContaining({ code: 'LF_COMPRESS_LIMIT' }),
    )
  })

  it('reports input that ends early, and throws nothing but its own errors on garbage', async () => {
    const packed = { gzip: gzipSync('text text'), zstd: zstdFrame(Buffer.from('text text')) }
    for (const format of ['gzip', 'zstd'] as const) {
      for (let size = 0; size < packed[format].length; size++) {
        await expect(unfold(packed[format].subarray(0, size), format, [4])).rejects.toThrow(
          expect.objectContaining({ code: 'LF_COMPRESS_TRUNCATED' }),
        )
      }
    }
    await fc.assert(
      fc.asyncProperty(content, cuts, async (garbage, sizes) => {
        for (const format of ['gzip', 'zlib', 'zstd'] as const) {
          await unfold(garbage, format, sizes).catch((error: unknown) => expect(error).toBeInstanceOf(CompressError))
        }
      }),
    )
  })
})
