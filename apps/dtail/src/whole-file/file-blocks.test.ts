import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tempDir } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { openBlocks } from './file-blocks.ts'

const BLOCK_BYTES = 300_000
const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`).join(''))

/** Asks for so many blocks at one time, and joins what comes. */
async function readAhead(path: string, blocks: number, prepare?: () => Promise<void>): Promise<[Buffer, number[]]> {
  const file = await openBlocks(path, new AbortController().signal)
  if (!file) throw new Error('it cannot be opened')
  await prepare?.()
  const memory = Array.from({ length: blocks }, () => Buffer.alloc(BLOCK_BYTES + 7))
  const sizes = await Promise.all(memory.map(async block => file.readAhead(block, 7)))
  expect(file.position).toBe(sizes.reduce((sum, size) => sum + size, 0))
  await file.close()
  return [Buffer.concat(memory.map((block, i) => block.subarray(7, 7 + (sizes[i] as number)))), sizes]
}

describe('the blocks of a file', () => {
  it('come in order, although several are read at one time', async t => {
    const path = join(await tempDir(t), 'app.log')
    await writeFile(path, content)
    const [bytes, sizes] = await readAhead(path, 6)
    expect(bytes.equals(content)).toBe(true)
    expect(sizes).toEqual([BLOCK_BYTES, BLOCK_BYTES, BLOCK_BYTES, content.length - 3 * BLOCK_BYTES, 0, 0])
  })

  it('go on where a block was shorter than the file had been', async t => {
    const path = join(await tempDir(t), 'app.log')
    await writeFile(path, content)
    const [bytes, sizes] = await readAhead(path, 5, () => truncate(path, 400_000))
    expect(bytes.equals(content.subarray(0, 400_000))).toBe(true)
    expect(sizes).toEqual([BLOCK_BYTES, 100_000, 0, 0, 0])
  })
})
