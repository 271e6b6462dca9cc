import { gzipSync, deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asyncChunksOf as cut, collect } from '../../testkit/src/index.ts'
import { canCompress, compress, decompress, decompressStream } from './compress.ts'
import { CompressError } from './errors.ts'
import { detectCompression, type CompressionFormat } from './format.ts'
import { skippable, zstdFrame } from '../test/zstd-frames.ts'

const packing = ['gzip', 'zlib', 'zstd'] as const
const maxOutputBytes = 1024 * 1024

/** Packs anywhere: zstd frames are stored ones where this Node cannot write zstd. */
async function pack(bytes: Uint8Array, format: CompressionFormat): Promise<Uint8Array> {
  return canCompress(format) ? compress(bytes, { format }) : zstdFrame(bytes)
}

async function unfold(bytes: Uint8Array, format: CompressionFormat, sizes: readonly number[]): Promise<Buffer> {
  return Buffer.concat(await collect(decompressStream(cut(bytes, sizes), { format })))
}

const content = fc.uint8Array({ maxLength: 300 })
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

describe('compress', () => {
  it('gives back what was put in, for every format and level', async () => {
    const bytes = Buffer.from('a line of a log\n'.repeat(20_000))
    for (const format of ['gzip', 'zlib', 'none', 'zstd'] as const) {
      if (!canCompress(format)) continue
      for (const level of [1, 9]) {
        const packed = await compress(bytes, { format, level })
        const unpacked = await decompress(packed, { format, maxOutputBytes })
        expect(Buffer.compare(unpacked, bytes)).toBe(0)
        if (format !== 'none') expect([packed.constructor, unpacked.constructor]).toEqual([Uint8Array, Uint8Array])
      }
    }
  })

  it('says when it cannot write a format, and refuses a level that is none', async () => {
    await expect(compress(new Uint8Array(1), { format: 'gzip', level: 10 })).rejects.toThrow(RangeError)
    if (canCompress('zstd')) return
    await expect(compress(new Uint8Array(1), { format: 'zstd' })).rejects.toThrow(
      expect.objectContaining({ code: 'LF_COMPRESS_UNSUPPORTED' }),
    )
  })
})

describe('decompressStream', () => {
  it('reads concatenated members and frames through as one stream, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 4 }), cuts, async (parts, sizes) => {
        for (const format of ['gzip', 'zstd'] as const) {
          const packed = Buffer.concat(await Promise.all(parts.map(part => pack(part, format))))
          expect((await unfold(packed, format, sizes)).equals(Buffer.concat(parts))).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('gives the same where chunks are only lent', async () => {
    const bytes = Buffer.from('lend me a chunk\n'.repeat(200_000))
    for (const format of ['gzip', 'zstd'] as const) {
      const packed = await pack(bytes, format)
      const copies: Uint8Array[] = []
      for await (const chunk of decompressStream(cut(Buffer.concat([packed, packed]), [70_000]), {
        format,
        lend: true,
      })) {
        copies.push(chunk.slice())
      }
      expect(Buffer.concat(copies).equals(Buffer.concat([bytes, bytes]))).toBe(true)
    }
  })

  it('reports input that ends early, wherever it was cut off', async () => {
    const bytes = Buffer.from('line one\nline two\n'.repeat(20))
    for (const format of packing) {
      const packed = await pack(bytes, format)
      for (let size = 0; size < packed.length; size++) {
        await expect(unfold(packed.subarray(0, size), format, [7])).rejects.toThrow(
          expect.objectContaining({ code: 'LF_COMPRESS_TRUNCATED' }),
        )
      }
    }
  })

  it('gives all content of whole members before it reports that a later one ends early', async () => {
    for (const format of ['gzip', 'zstd'] as const) {
      const packed = Buffer.concat([await pack(Buffer.from('whole'), format), await pack(Buffer.from('cut'), format)])
      const found: Uint8Array[] = []
      const reading = (async () => {
        for await (const chunk of decompressStream(cut(packed.subarray(0, -2), [5]), { format })) found.push(chunk)
      })()
      await expect(reading).rejects.toThrow(expect.objectContaining({ code: 'LF_COMPRESS_TRUNCATED' }))
      expect(Buffer.concat(found).toString('latin1')).toContain('whole')
    }
  })

  it('throws nothing but its own errors on garbage and on damaged input', async () => {
    const packed = await Promise.all(packing.map(format => pack(Buffer.from('some text, some text'), format)))
    await fc.assert(
      fc.asyncProperty(content, fc.nat(), fc.nat(255), cuts, async (garbage, at, value, sizes) => {
        for (const [i, format] of packing.entries()) {
          const damaged = Uint8Array.from(packed[i] as Uint8Array)
          damaged[at % damaged.length] = value
          for (const bytes of [garbage, damaged]) {
            const error: unknown = await unfold(bytes, format, sizes).then(
              () => undefined,
              (thrown: unknown) => thrown,
            )
            if (error !== undefined) expect(error).toBeInstanceOf(CompressError)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('reports bytes that follow the end, but takes the zeros that pad a gzip file', async () => {
    const corrupt = expect.objectContaining({ code: 'LF_COMPRESS_CORRUPT' })
    const gzip = gzipSync('text')
    expect((await unfold(Buffer.concat([gzip, Buffer.alloc(512)]), 'gzip', [100])).toString()).toBe('text')
    await expect(unfold(Buffer.concat([gzip, Buffer.from('tail')]), 'gzip', [100])).rejects.toThrow(corrupt)
    await expect(unfold(Buffer.concat([deflateSync('text'), Buffer.from('tail')]), 'zlib', [9])).rejects.toThrow(
      corrupt,
    )
    await expect(
      unfold(Buffer.concat([zstdFrame(Buffer.from('text')), Buffer.from('tail!')]), 'zstd', [9]),
    ).rejects.toThrow(corrupt)
  })

  it('skips frames that hold nothing for us, and refuses a window that would take all memory', async () => {
    const frames = Buffer.concat([skippable(5), zstdFrame(Buffer.from('a')), skippable(0), zstdFrame(Buffer.from('b'))])
    expect((await unfold(frames, 'zstd', [3])).toString()).toBe('ab')
    // Window descriptor 0xa8: 2 GiB.
    const huge = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00)
    await expect(unfold(huge, 'zstd', [9])).rejects.toThrow(expect.objectContaining({ code: 'LF_COMPRESS_LIMIT' }))
  })

  it('stops at the limit, and pulls no more input than it needs', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024))
    let pulled = 0
    async function* counted(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bomb.length; at += 512) {
        pulled += 512
        yield bomb.subarray(at, at + 512)
      }
    }
    const reading = collect(decompressStream(counted(), { format: 'gzip', maxOutputBytes: 1000 }))
    await expect(reading).rejects.toThrow(
      expect.objectContaining({ code: 'LF_COMPRESS_LIMIT', detail: { limit: 1000 } }),
    )
    expect(pulled).toBeLessThan(2 * 64 * 1024)
    await expect(decompress(bomb, { format: 'gzip', maxOutputBytes: 1000 })).rejects.toThrow(
      expect.objectContaining({ code: 'LF_COMPRESS_LIMIT' }),
    )
  })

  it('holds the input back while nobody takes the output', async () => {
    const packed = gzipSync(Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i % 251)), { level: 0 })
    let pulled = 0
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of cut(packed, [64 * 1024])) {
        pulled += chunk.length
        yield chunk
      }
    }
    const stream = decompressStream(counted(), { format: 'gzip' })
    await stream.next()
    await new Promise(resolve => setImmediate(resolve))
    expect(pulled).toBeLessThan(packed.length)
    await stream.return()
  })

  it('throws what it was aborted with, and closes its input', async () => {
    const abort = new AbortController()
    let closed = false
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield gzipSync('more and more')
      } finally {
        closed = true
      }
    }
    const reading = collect(decompressStream(endless(), { format: 'gzip', signal: abort.signal }), {
      until: () => {
        abort.abort(new Error('enough'))
        return false
      },
    })
    await expect(reading).rejects.toThrow('enough')
    expect(closed).toBe(true)
  })

  it('passes an error of its input on as it is', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield gzipSync('text').subarray(0, 5)
      throw new Error('socket closed')
    }
    for (const format of ['gzip', 'zstd'] as const) {
      const reading = collect(
        decompressStream(format === 'gzip' ? broken() : brokenAfter(zstdFrame(Buffer.from('x'))), { format }),
      )
      await expect(reading).rejects.toThrow('socket closed')
    }
  })
})

async function* brokenAfter(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
  throw new Error('socket closed')
}

describe('detectCompression', () => {
  it('knows gzip and zstd by their first bytes, and takes nothing else for them', async () => {
    expect(detectCompression(gzipSync('x'))).toBe('gzip')
    expect(detectCompression(zstdFrame(Buffer.from('x')))).toBe('zstd')
    expect(detectCompression(skippable(1))).toBe('zstd')
    for (const text of ['', 'x', '\x1f\x8b', 'x\x9c text', '2026-11-21 line']) {
      expect(detectCompression(Buffer.from(text, 'latin1'))).toBe('none')
    }
  })
})
