import { appendFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect, tempDir } from '../../testkit/src/index.ts'
import { follow, tail } from '../src/index.ts'
import { following, linesOf, text, words } from './observed.ts'

const cleanup = { onTestFinished }

describe('follow', () => {
  it('begins at the end of what is there, and holds back a line that is not whole', async () => {
    const path = join(await tempDir(cleanup), 'app.log')
    await writeFile(path, 'old\n')
    const log = following(path)
    onTestFinished(() => log.stop())
    await log.until(items => items.length === 1)
    await appendFile(path, 'on')
    await appendFile(path, 'e\ntw')
    await log.untilText('one')
    expect(words(log.items)).toEqual(['A opened', 'A @4 one'])
  })

  it('gives everybody a turn, however large the backlog of one file is', async () => {
    const dir = await tempDir(cleanup)
    await writeFile(join(dir, 'a.log'), 'a\n'.repeat(10_000))
    await writeFile(join(dir, 'b.log'), 'b\n')
    const log = following(join(dir, '*.log'), { from: 'start', batchBytes: 100 })
    onTestFinished(() => log.stop())
    await log.untilText('b\n')
    expect(log.items.map(text).join('').length).toBeLessThan(1000)
  })

  it('reads nothing that nobody asks for', async () => {
    const path = join(await tempDir(cleanup), 'app.log')
    await writeFile(path, 'x\n'.repeat(100_000))
    const log = following(path, { from: 'start', batchBytes: 1000 })
    onTestFinished(() => log.stop())
    await log.until(items => items.length === 3)
    expect(log.items.map(text).join('').length).toBe(2000)
  })

  it('waits for what does not exist, and says so once', async () => {
    const dir = await tempDir(cleanup)
    const log = following([join(dir, 'later', 'app.log'), join(dir, '*.none')])
    onTestFinished(() => log.stop())
    await log.until(items => items.length === 2)
    await mkdir(join(dir, 'later'))
    await writeFile(join(dir, 'later', 'app.log'), 'one\n')
    await log.untilText('one')
    expect(words(log.items)).toEqual(['A failed', 'A failed', 'B opened', 'B @0 one'])
  })

  it('tells of a file that may not be read, and goes on with the others', async () => {
    const dir = await tempDir(cleanup)
    await writeFile(join(dir, 'a'), 'secret\n')
    await writeFile(join(dir, 'b'), 'one\n')
    const admit = async (path: string): Promise<string> => {
      if (path.endsWith('a')) throw new Error('not for you')
      return path
    }
    const log = following(join(dir, '*'), { from: 'start', admit })
    onTestFinished(() => log.stop())
    await log.untilText('one')
    expect(log.items).toContainEqual(expect.objectContaining({ event: 'failed', detail: { message: 'not for you' } }))
    expect(log.items.map(text).join('')).toBe('one\n')
  })

  it('ends by itself once everything is read when it is asked to, the last open line too', async () => {
    const path = join(await tempDir(cleanup), 'app.log')
    await writeFile(path, 'one\ntwo')
    const items = await collect(follow(path, { from: 'start', once: true }))
    expect(items.map(text).join('')).toBe('one\ntwo')
  })

  it('ends at once when it is left while it waits, and throws what it was aborted with', async () => {
    const path = join(await tempDir(cleanup), 'app.log')
    await writeFile(path, 'one\n')
    const left = tail(path, { pollMs: 60_000 })
    await left.next()
    const waiting = left.next()
    await left.return?.()
    expect(await waiting).toEqual({ done: true, value: undefined })
    const abort = new AbortController()
    const aborted = tail(path, { pollMs: 60_000, signal: abort.signal })
    await aborted.next()
    const failing = aborted.next()
    abort.abort(new Error('enough'))
    await expect(failing).rejects.toThrow('enough')
  })

  it('works without being told of changes', async () => {
    const path = join(await tempDir(cleanup), 'app.log')
    await writeFile(path, 'one\n')
    const log = following(path, { from: 'start', watch: false })
    onTestFinished(() => log.stop())
    await log.untilText('one')
    await appendFile(path, 'two\n')
    await log.untilText('two')
    expect(linesOf(log.items)).toEqual(['one', 'two'])
  })

  it('refuses options that make no sense, and patterns that are none', async () => {
    expect(() => follow('x', { pollMs: 0 })).toThrow(RangeError)
    await expect(collect(follow('[', { once: true }))).rejects.toThrow(
      expect.objectContaining({ code: 'LF_TAILER_GLOB' }),
    )
  })
})
