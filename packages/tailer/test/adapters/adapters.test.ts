import { once } from 'node:events'
import { existsSync, renameSync } from 'node:fs'
import { appendFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { tempDir } from '../../../testkit/src/index.ts'
import { Tail, type TailOptions } from './node-tail.ts'
import { TailFile, type TailFileOptions } from './tail-file.ts'

async function fileWith(content: string): Promise<string> {
  const path = join(await tempDir({ onTestFinished }), 'app.log')
  await writeFile(path, content)
  return path
}

function tailed(path: string, options: TailOptions = {}): { tail: Tail; lines: string[]; errors: unknown[] } {
  const tail = new Tail(path, options)
  onTestFinished(() => tail.unwatch())
  const lines: string[] = []
  const errors: unknown[] = []
  tail.on('line', (line: string) => lines.push(line)).on('error', error => errors.push(error))
  return { tail, lines, errors }
}

describe('Tail', () => {
  it('tells lines of any separator, empty ones too, from where the options say', async () => {
    const path = await fileWith('a\r\n\r\nb\nc')
    const whole = tailed(path, { fromBeginning: true })
    const last = tailed(path, { nLines: 2, flushAtEOF: true })
    const fields = tailed(path, { fromBeginning: true, separator: /[ab]/ })
    await vi.waitFor(() =>
      expect([whole.lines, last.lines]).toEqual([
        ['a', '', 'b'],
        ['b', 'c'],
      ]),
    )
    await vi.waitFor(() => expect(fields.lines).toEqual(['', '\r\n\r\n']))
    await appendFile(path, 'd\n')
    await vi.waitFor(() => expect(whole.lines.at(-1)).toBe('cd'))
  })

  it('goes on through a rotation, and where it was stopped', async () => {
    const path = await fileWith('')
    const { tail, lines, errors } = tailed(path)
    await appendFile(path, 'one\n')
    await rename(path, `${path}.1`)
    await writeFile(path, 'two\n')
    await vi.waitFor(() => expect(lines).toEqual(['one', 'two']))
    tail.unwatch()
    await appendFile(path, 'three\n')
    tail.watch()
    await vi.waitFor(() => expect(lines).toEqual(['one', 'two', 'three']))
    expect(errors).toEqual([])
  })

  it.runIf(existsSync('/proc/self/fd'))('follows what its constructor opened, renamed a moment later', async () => {
    const path = await fileWith('')
    const { lines } = tailed(path)
    renameSync(path, `${path}.1`)
    await appendFile(`${path}.1`, 'one\n')
    await vi.waitFor(() => expect(lines).toEqual(['one']))
  })

  it('throws when the file is missing, and tells when it was deleted', async () => {
    const path = await fileWith('')
    expect(() => new Tail(`${path}.none`)).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    const { errors } = tailed(path)
    await rm(path)
    await vi.waitFor(() => expect(errors).toEqual([expect.objectContaining({ code: 'ENOENT' })]))
  })
})

async function started(path: string, options: TailFileOptions = {}): Promise<{ tail: TailFile; told: string[] }> {
  const tail = new TailFile(path, { encoding: 'utf8', pollFileIntervalMs: 20, pollFailureRetryMs: 20, ...options })
  const told: string[] = []
  for (const name of ['renamed', 'truncated', 'retry', 'tail_error', 'error', 'end'])
    tail.on(name, () => told.push(name))
  onTestFinished(() => void tail.quit())
  await tail.start()
  return { tail, told }
}

describe('TailFile', () => {
  it('keeps what was written before a renaming that nobody read, and tells of what took the name over', async () => {
    const path = await fileWith('before\n')
    const { tail, told } = await started(path, { maxPollFailures: 1000 })
    await appendFile(path, 'one\ntw')
    await rename(path, `${path}.1`)
    await vi.waitFor(() => expect(told).toContain('retry'))
    await writeFile(path, 'three\n')
    let text = ''
    tail.on('data', (chunk: string) => (text += chunk))
    await vi.waitFor(() => expect(text).toBe('one\ntwthree\n'))
    await truncate(path)
    await vi.waitFor(() => expect(told).toContain('truncated'))
    await appendFile(path, 'four\n')
    await tail.quit()
    await vi.waitFor(() => expect(told.at(-1)).toBe('end'))
    expect(text).toBe('one\ntwthree\nfour\n')
    expect(told.filter(name => name === 'renamed')).toHaveLength(1)
  })

  it('passes on what is left of a file that has lost its name, before it ends', async () => {
    const path = await fileWith('')
    const { tail, told } = await started(path, { maxPollFailures: 1000 })
    let text = ''
    tail.on('data', (chunk: string) => (text += chunk))
    await appendFile(path, 'one\ntwo\n')
    await rename(path, `${path}.1`)
    await tail.quit()
    await vi.waitFor(() => expect(told.at(-1)).toBe('end'))
    expect(text).toBe('one\ntwo\n')
  })

  it('tells positions to go on at', async () => {
    const path = await fileWith('one\ntwo\n')
    const { tail } = await started(path, { startPos: 4 })
    const flushed = once(tail, 'flush')
    expect((await once(tail, 'data'))[0]).toBe('two\n')
    expect((await flushed)[0]).toMatchObject({ lastReadPosition: 8 })
  })

  it('gives up when the name was missing too often', async () => {
    const path = await fileWith('')
    const { told } = await started(path, { maxPollFailures: 3 })
    await rm(path)
    await vi.waitFor(() => expect(told).toEqual(['retry', 'retry', 'error', 'end']))
    await expect(new TailFile(path).start()).rejects.toThrow(expect.objectContaining({ code: 'ENOENT', path }))
    expect(() => new TailFile(path, { startPos: -1 })).toThrow(expect.objectContaining({ code: 'ESTARTPOS' }))
  })
})
