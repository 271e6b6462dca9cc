import { appendFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { tempDir } from '../../../testkit/src/index.ts'
import { tailStream } from './tail-stream.ts'

describe('tailStream', () => {
  it('gives lines as text, and bytes as they lie in the file', async t => {
    const path = join(await tempDir(t), 'app.log')
    writeFileSync(path, 'first\nsecönd\n')
    const lines: unknown[] = []
    for await (const line of tailStream(path, { as: 'lines', from: 'start' })) if (lines.push(line) === 2) break
    expect(lines).toEqual(['first', 'secönd'])
    const stream = tailStream(path, { from: 'start' })
    const chunks: string[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
    await vi.waitFor(() => expect(chunks.join('')).toBe('first\nsecönd\n'))
    appendFileSync(path, 'third\n')
    await vi.waitFor(() => expect(chunks.join('')).toBe('first\nsecönd\nthird\n'))
    stream.destroy()
    await once(stream, 'close')
  })
})
