import { bench, describe } from 'vitest'
import { canCompress, compress, decompressStream } from '../src/index.ts'

const line = (i: number): string =>
  `10.0.${i % 250}.${(i * 7) % 250} - - [21/Nov/2026:04:${String(i % 60).padStart(2, '0')}:00] "GET /item/${(i * 7919) % 10_000} HTTP/1.1" 200 ${(i * 31) % 9000}\n`
const bytes = Buffer.from(Array.from({ length: 160_000 }, (_, i) => line(i)).join(''))

describe(`${(bytes.length / 1e6).toFixed(1)} MB of log`, async () => {
  for (const format of ['gzip', 'zstd'] as const) {
    if (!canCompress(format)) continue
    bench(`compress ${format}`, async () => void (await compress(bytes, { format })))
    const packed = await compress(bytes, { format })
    bench(`decompressStream ${format}`, async () => {
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < packed.length; at += 256 * 1024) yield packed.subarray(at, at + 256 * 1024)
      }
      let size = 0
      for await (const chunk of decompressStream(chunks(), { format })) size += chunk.length
      if (size !== bytes.length) throw new Error(`unfolded to ${size} bytes`)
    })
  }
})
