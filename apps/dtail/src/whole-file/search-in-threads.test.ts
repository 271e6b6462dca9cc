import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { compilePattern } from '@logflow/match'
import { tempDir } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { BlockWriter } from '../output/block-writer.ts'
import { type FileBlocks, openBlocks } from './file-blocks.ts'
import { Pace } from './pace.ts'
import { searchInThreads } from './search-in-threads.ts'

const MAX = 1024 * 1024

describe('searchInThreads', () => {
  it('writes what matches in order, and leaves the file at a line that is too long', { timeout: 60_000 }, async t => {
    const path = join(await tempDir(t), 'a.log')
    const lines = Array.from({ length: 400_000 }, (_, i) => `${i % 3 ? 'miss' : 'hit'} ${i} ${'.'.repeat(20)}\n`)
    const text = lines.join('')
    await writeFile(path, `${text}${'x'.repeat(2 * MAX)}\nhit\n`)
    const { signal } = new AbortController()
    const blocks = (await openBlocks(path, signal)) as FileBlocks
    const taken: Buffer[] = []
    const sink = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => setImmediate(() => (taken.push(Buffer.from(chunk)), done())),
    })
    const wanted = { matcher: compilePattern('hit'), pattern: 'hit', literal: false, invert: false }
    const rules = { maxLineBytes: MAX, onCut: async () => {}, pace: new Pace(signal) }
    await searchInThreads(blocks, wanted, new BlockWriter(sink), rules)
    expect(Buffer.concat(taken).equals(Buffer.from(lines.filter(line => line.startsWith('hit')).join('')))).toBe(true)
    expect(blocks.position).toBe(text.length)
    blocks.close()
  })
})
