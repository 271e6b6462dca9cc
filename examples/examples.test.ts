import { spawn, type ChildProcess } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

/** An example as somebody else would run it: plain Node, the built libraries. */
class Example {
  readonly child: ChildProcess
  output = ''

  constructor(name: string, ...args: string[]) {
    const script = path.join(import.meta.dirname, name)
    this.child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()))
  }

  async has(text: string): Promise<void> {
    await vi.waitFor(() => expect(this.output).toContain(text))
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'close')
    this.child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  }
}

describe('the examples', () => {
  let dir: string
  let log: string
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'logflow-examples-'))
    log = path.join(dir, 'app.log')
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it('are short, and import nothing but Node and published libraries', () => {
    const programs = readdirSync(import.meta.dirname).filter(name => /^[a-z-]+\.ts$/.test(name))
    expect(programs).toEqual(['errors-only.ts', 'json-tail.ts', 'sse-tail.ts'])
    for (const name of programs) {
      const text = readFileSync(path.join(import.meta.dirname, name), 'utf8')
      expect(text.trimEnd().split('\n').length, name).toBeLessThan(40)
      for (const [, from] of text.matchAll(/from '(.+)'/g)) expect(from).toMatch(/^(node:|@logflow\/)/)
    }
  })

  it('errors-only prints errors with file and offset, through a rotation', async () => {
    writeFileSync(log, 'INFO one\nERROR two\n')
    const example = new Example('errors-only.ts', path.join(dir, '*.log'))
    await example.has(`${log}@9: ERROR two\n`)
    renameSync(log, `${log}.1`)
    writeFileSync(log, 'FATAL three\n')
    appendFileSync(log, 'INFO four\n')
    await example.has(`${log}@0: FATAL three\n`)
    await example.stop()
    expect(example.output).not.toContain('INFO')
  })

  it('json-tail goes on where it was, also when the file was rotated while it was away', async () => {
    writeFileSync(log, 'one\n')
    const words = [path.join(dir, 'checkpoint'), path.join(dir, '*.log')] as const
    const before = new Example('json-tail.ts', ...words)
    await before.has(JSON.stringify({ path: log, offset: 0, line: 'one' }))
    await before.stop()
    appendFileSync(log, 'two\n')
    renameSync(log, `${log}.1`)
    writeFileSync(log, 'three\n')
    const after = new Example('json-tail.ts', ...words)
    await after.has('"offset":4,"line":"two"')
    await after.has(JSON.stringify({ path: log, offset: 0, line: 'three' }))
    await after.stop()
    expect(after.output).not.toContain('"one"')
  })

  it('sse-tail brings a browser that comes back what it has not seen', async () => {
    writeFileSync(log, 'one\ntwo\n')
    const example = new Example('sse-tail.ts', '0', log)
    await example.has('\n')
    const { port } = JSON.parse(example.output) as { port: number }
    const events = async (lastId: string, until: string): Promise<string> => {
      const gone = new AbortController()
      const headers = { 'last-event-id': lastId }
      const { body } = await fetch(`http://127.0.0.1:${port}`, { headers, signal: gone.signal })
      let text = ''
      if (body)
        for await (const chunk of body.pipeThrough(new TextDecoderStream())) if ((text += chunk).includes(until)) break
      gone.abort()
      return text
    }
    const first = await events('', 'data: two')
    const lastId = /id: (.+)\n/.exec(first)?.[1] ?? ''
    renameSync(log, `${log}.1`)
    writeFileSync(log, 'three\n')
    const second = await events(lastId, 'data: three')
    expect(second.match(/data: .*/g)).toEqual(['data: three'])
    await example.stop()
  })
})
