import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import { follow, type FollowOptions } from '../src/index.ts'

/** Lines of 1 to 60 bytes, the last one open. */
const content = Buffer.from(Array.from({ length: 40_000 }, (_, i) => 'x'.repeat(i % 60)).join('\n'))

/** What comes of a file, each batch looked at before the next one is asked for. */
async function seen(path: string, options: FollowOptions): Promise<{ hash: string; lines: number; first: number[] }> {
  const hash = createHash('sha256')
  const first: number[] = []
  let [lines, offset] = [0, 0]
  for await (const item of follow(path, { from: 'start', once: true, ...options })) {
    if (item.kind !== 'lines') continue
    expect(item.offset).toBe(offset)
    offset += item.bytes.length
    lines += item.ends.length
    first.push(item.firstLine)
    hash.update(item.bytes)
  }
  return { hash: hash.digest('hex'), lines, first }
}

describe('raw', () => {
  it.each([512, 64 * 1024, 1024 * 1024])(
    'gives the bytes and lines that are given without it, in reads of %i',
    async batchBytes => {
      const path = join(await tempDir({ onTestFinished }), 'app.log')
      await writeFile(path, content)
      const [raw, plain] = [await seen(path, { raw: true, batchBytes }), await seen(path, { batchBytes })]
      expect(raw.hash).toBe(createHash('sha256').update(content).digest('hex'))
      expect(raw.lines).toBe(plain.lines)
      expect(new Set(raw.first)).toEqual(new Set([0]))
      expect(plain.first[0]).toBe(1)
    },
  )

  it('reads into memory that was given back', async () => {
    const path = join(await tempDir({ onTestFinished }), 'app.log')
    await writeFile(path, content)
    const memory = new Set<ArrayBufferLike>()
    for await (const item of follow(path, { from: 'start', once: true, raw: true, batchBytes: 256 * 1024 })) {
      if (item.kind === 'lines' && item.bytes.length > 200 * 1024) memory.add(item.bytes.buffer)
    }
    expect(memory.size).toBe(1)
  })
})
