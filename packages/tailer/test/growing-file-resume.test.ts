import { readSync } from 'node:fs'
import { appendFile, copyFile, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tempDir } from '../../testkit/src/index.ts'
import { openGrowingFile, type EarlierFile, type GrowingFile } from '../src/index.ts'

async function open(path: string): Promise<GrowingFile> {
  const file = await openGrowingFile(path, { pollMs: 20 })
  onTestFinished(() => file.close())
  return file
}

/** What a reader gets after the token: the rest of the first file, then the others. */
async function rest(found: readonly EarlierFile[] | undefined, offset: number): Promise<string[] | undefined> {
  const texts = found?.map(({ fd, size }, at) => {
    const from = at === 0 ? offset : 0
    const bytes = Buffer.alloc(size - from)
    readSync(fd, bytes, 0, bytes.length, from)
    return bytes.toString()
  })
  await Promise.all((found ?? []).map(file => file.close()))
  return texts
}

describe('since', () => {
  const prepare = async () => {
    const path = join(await tempDir({ onTestFinished }), 'app.log')
    await writeFile(path, 'first line\nsecond line\n')
    const file = await open(path)
    const token = await file.tokenAt({ fd: file.fd, sourceId: file.source.id, offset: 11 })
    return { path, token, again: async (given = token) => rest(await (await open(path)).since(given), given.offset) }
  }

  it('finds nothing before the current file when the token speaks of that', async () => {
    const { path, again } = await prepare()
    await appendFile(path, 'third line\n')
    expect(await again()).toEqual([])
  })

  it('finds the file of the token, and those after it, under the names that they were rotated to', async () => {
    const { path, token, again } = await prepare()
    for (const text of ['one\n', 'two\n']) {
      await rename(`${path}.1`, `${path}.2`).catch(() => {})
      await rename(path, `${path}.1`)
      await writeFile(path, text)
    }
    expect(await again()).toEqual(['second line\n', 'one\n'])
    expect(await again({ ...token, tailHash: '11:0000000000000000' })).toBeUndefined()
  })

  it('finds the copy of a file that was cut', async () => {
    const { path, again } = await prepare()
    await copyFile(path, `${path}.1`)
    await truncate(path)
    await appendFile(path, 'fresh\n')
    expect(await again()).toEqual(['second line\n'])
  })

  it('finds nothing that is gone', async () => {
    const { path, again } = await prepare()
    await rename(path, `${path}.1`)
    await writeFile(path, 'new\n')
    expect(await again()).toEqual(['second line\n'])
    await rm(`${path}.1`)
    expect(await again()).toBeUndefined()
  })

  it('unpacks what was packed meanwhile, however the packed files and the others are mixed', async () => {
    const { path, again } = await prepare()
    await rename(path, `${path}.1`)
    for (const [at, text] of ['one\n', 'two\n', 'three\n'].entries()) {
      for (let i = 3; i > 0; i--) {
        await rename(`${path}.${i}`, `${path}.${i + 1}`).catch(() => {})
        await rename(`${path}.${i}.gz`, `${path}.${i + 1}.gz`).catch(() => {})
      }
      // As logrotate does with delaycompress: the last one stays as it is, and packing keeps the time.
      await pack(`${path}.2`, new Date(Date.UTC(2026, 0, 1 + at)))
      await writeFile(`${path}.1`, text)
    }
    await writeFile(path, 'new\n')
    expect(await again()).toEqual(['second line\n', 'one\n', 'two\n', 'three\n'])
    await writeFile(`${path}.2.gz`, (await readFile(`${path}.2.gz`)).subarray(0, -3))
    expect(await again()).toBeUndefined() // damaged
  })

  it('takes the file where its packed copy is only being made', async () => {
    const { path, again } = await prepare()
    await rename(path, `${path}.1`)
    await writeFile(`${path}.1.gz`, gzipSync('first line\n').subarray(0, 12))
    await writeFile(path, 'new\n')
    expect(await again()).toEqual(['second line\n'])
  })
})

async function pack(path: string, changed: Date): Promise<void> {
  await writeFile(`${path}.gz`, gzipSync(await readFile(path)))
  await utimes(`${path}.gz`, changed, changed)
  await rm(path)
}
