import { fstatSync, readSync } from 'node:fs'
import { appendFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect, tempDir } from '../../testkit/src/index.ts'
import { openGrowingFile, type GrowingFile, type GrowingFileChange, type GrowingFileOptions } from '../src/index.ts'

interface Growing {
  readonly path: string
  readonly file: GrowingFile
  readonly next: () => Promise<GrowingFileChange | undefined>
}

async function growing(content: string, options: GrowingFileOptions = {}): Promise<Growing> {
  const path = join(await tempDir({ onTestFinished }), 'app.log')
  await writeFile(path, content)
  const file = await openGrowingFile(path, { pollMs: 20, ...options })
  onTestFinished(() => file.close())
  const changes = file.changes()[Symbol.asyncIterator]()
  const rest = { [Symbol.asyncIterator]: () => ({ next: () => changes.next() }) }
  return { path, file, next: async () => (await collect(rest, { until: () => true }))[0] }
}

const contentOf = (fd: number): string => {
  const bytes = Buffer.alloc(fstatSync(fd).size)
  readSync(fd, bytes, 0, bytes.length, 0)
  return bytes.toString()
}

describe('openGrowingFile', () => {
  it('tells of growth, and of a truncation although the file has grown again', async () => {
    const { path, file, next } = await growing('one\n')
    expect([file.size, file.path]).toEqual([4, path])
    const first = next()
    await appendFile(path, 'two\n')
    expect(await first).toEqual({ kind: 'grew', size: 8 })
    const { id } = file.source
    await truncate(path)
    await appendFile(path, 'more than before\n')
    // Both steps may be seen, or only their result.
    if ((await next())?.size === 0) await next()
    expect(file.size).toBe(17)
    expect(file.source.id).not.toBe(id)
  })

  it('tells the last size of a rotated file before it goes on with the new one, and keeps the old descriptor', async () => {
    const { path, file, next } = await growing('one\n', { followName: true })
    const old = { fd: file.fd, id: file.source.id }
    await appendFile(path, 'two\n')
    await rename(path, `${path}.1`)
    await writeFile(path, 'three!\n')
    expect(await next()).toEqual({ kind: 'grew', size: 8 })
    expect(await next()).toEqual({ kind: 'rotated', size: 7 })
    expect(file.source.id).not.toBe(old.id)
    expect([contentOf(old.fd), contentOf(file.fd)]).toEqual(['one\ntwo\n', 'three!\n'])
    await file.release(old.fd)
    expect(() => fstatSync(old.fd)).toThrow(expect.objectContaining({ code: 'EBADF' }))
  })

  it('ends when the file is gone, unless the name is followed', async () => {
    const single = await growing('one\n')
    await rm(single.path)
    expect(await single.next()).toEqual({ kind: 'gone', size: 4 })
    expect(await single.next()).toBeUndefined()
    const named = await growing('one\n', { followName: true })
    await rm(named.path)
    expect(await named.next()).toEqual({ kind: 'gone', size: 4 })
    await writeFile(named.path, 'two\n')
    expect(await named.next()).toMatchObject({ kind: 'rotated' })
  })

  it('waits for a file that is not there yet when it is told to', async () => {
    const path = join(await tempDir({ onTestFinished }), 'app.log')
    await expect(openGrowingFile(path)).rejects.toThrow(expect.objectContaining({ code: 'LF_TAILER_OPEN' }))
    const opening = openGrowingFile(path, { wait: true, pollMs: 20 })
    await writeFile(path, 'one\n')
    await using file = await opening
    expect(file.size).toBeLessThanOrEqual(4)
  })

  it('ends its changes when it is closed, and throws what it was aborted with', async () => {
    const closed = await growing('one\n', { pollMs: 60_000 })
    const end = closed.next()
    await closed.file.close()
    expect(await end).toBeUndefined()
    const abort = new AbortController()
    const aborted = await growing('one\n', { pollMs: 60_000, signal: abort.signal })
    const failing = aborted.next()
    abort.abort(new Error('enough'))
    await expect(failing).rejects.toThrow('enough')
  })
})
