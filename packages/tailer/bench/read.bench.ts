import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, bench, describe } from 'vitest'
import { follow, read } from '../src/index.ts'

const megabytes = Number(process.env['BENCH_MB'] ?? 500)
const dir = mkdtempSync(join(tmpdir(), 'logflow-bench-'))
const path = join(dir, 'access.log')
const line = (i: number): string =>
  `10.0.${i % 250}.${(i * 7) % 250} - - [21/Nov/2026:04:${String(i % 60).padStart(2, '0')}:00 +0000] "GET /item/${(i * 7919) % 10_000} HTTP/1.1" 200 ${(i * 31) % 9000} "-" "curl/8.${i % 10}" ${'r'.repeat(i % 120)}\n`
const block = Buffer.from(Array.from({ length: 20_000 }, (_, i) => line(i)).join(''))
for (let size = 0; size < megabytes * 1e6; size += block.length) writeFileSync(path, block, { flag: 'a' })
afterAll(() => rmSync(dir, { recursive: true }))

describe(`${megabytes} MB, lines of ${(block.length / 20_000).toFixed(0)} bytes`, () => {
  bench(
    'read',
    async () => {
      let lines = 0
      for await (const item of read(path)) if (item.kind === 'lines') lines += item.ends.length
      if (lines === 0) throw new Error('nothing came')
    },
    { iterations: 5, warmupIterations: 1, time: 0 },
  )
  bench(
    'follow from the start, once',
    async () => {
      let lines = 0
      for await (const item of follow(path, { from: 'start', once: true })) {
        if (item.kind === 'lines') lines += item.ends.length
      }
      if (lines === 0) throw new Error('nothing came')
    },
    { iterations: 5, warmupIterations: 1, time: 0 },
  )
})
