import { describe, expect, it } from 'vitest'
import { canCompress, compress, decompress } from './compress.ts'
import type { CompressionFormat } from './format.ts'

const formats: CompressionFormat[] = ['gzip', 'zlib', 'none', ...(canCompress('zstd') ? (['zstd'] as const) : [])]
const limit = { maxOutputBytes: 64 * 1024 * 1024 }
const join = (parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts)

describe('compress and decompress', () => {
  it('give back what was put in, for every format', async () => {
    const bytes = Buffer.from('a line of a log\n'.repeat(20_000))
    for (const format of formats) {
      const packed = await compress(bytes, { format })
      expect(join([await decompress(packed, { format, ...limit })]).equals(bytes)).toBe(true)
      expect(packed.constructor).toBe(format === 'none' ? Buffer : Uint8Array)
    }
  })
})
