import { appendFile } from 'node:fs/promises'
import {
  CLOSE_ACKNOWLEDGE,
  encodeCommandFrame,
  formatSessionStart,
  formatSessionUpdate,
  type SessionSpec,
} from '@logflow/protocol'
import type { SshSession } from '@logflow/ssh'
import { describe, expect, it } from 'vitest'
import { readUntil, serving } from './serving.ts'

/** Sends a command and returns what comes up to and including `end`. */
async function say(session: SshSession, command: string, end: string): Promise<string> {
  await session.write(encodeCommandFrame(command))
  return readUntil(session, end)
}

const cat = (...files: readonly string[]): SessionSpec => ({ mode: 'cat', files, options: 'plain=true' })

describe('SESSION', () => {
  it('START reads as commands would, and stays open when all is read', async t => {
    const here = await serving(t)
    const [a, b] = [await here.file('a.log', 'one\n'), await here.file('b c.log', 'two\n')]
    const session = await here.session()
    const first = await say(session, formatSessionStart(cat(a)), 'one\n¶')
    expect(first).toMatch(/^\.syn capabilities [^¶]*\bquery-update-v1\b[^¶]*¶\.syn session start ok 1¶one\n¶$/)
    // A name with a space, which no command could carry.
    const second = await say(session, formatSessionUpdate(cat(b)), 'two\n¶')
    expect(second).toBe('.syn session update ok 2¶two\n¶')
    const grep = { mode: 'grep', files: [a, b], regex: 'n', regexInvert: true, options: 'plain=true' } as const
    expect(await say(session, formatSessionUpdate(grep, 7), 'two\n¶')).toBe('.syn session update ok 7¶two\n¶')
    expect(await say(session, formatSessionUpdate(cat(a)), 'one\n¶')).toBe('.syn session update ok 8¶one\n¶')
    await session.close()
  })

  it('UPDATE replaces what is followed: nothing of the old comes after the answer', async t => {
    const here = await serving(t)
    const [a, b] = [await here.file('a.log', ''), await here.file('b.log', '')]
    const writing = setInterval(() => {
      void appendFile(a, 'old\n')
      void appendFile(b, 'new\n')
    }, 2)
    t.onTestFinished(() => clearInterval(writing))
    const session = await here.session()
    const tail = (path: string): SessionSpec => ({ mode: 'tail', files: [path], options: 'plain=true' })
    await say(session, formatSessionStart(tail(a)), 'old')
    for (const [path, gone, come] of [
      [b, 'old', 'new'],
      [a, 'new', 'old'],
    ] as const) {
      const text = (await say(session, formatSessionUpdate(tail(path)), come)).split('ok')[1]
      expect(text).not.toContain(gone)
    }
  })

  it('UPDATE begins a query anew', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', 'x\n'.repeat(5))
    const session = await here.session()
    const map = (query: string): SessionSpec => ({ mode: 'map', files: [path], query, regex: '.' })
    const start = map('select count($line) group by $hostname interval 1 logformat generic')
    expect(await say(session, formatSessionStart(start), 'count($line)')).toMatch(/\|earth\.example\.org\W+5\W+count/)
    const update = map('select last($line) group by $hostname interval 1 logformat generic')
    const text = await say(session, formatSessionUpdate(update), 'last($line)')
    expect(text).toContain('.syn session update ok 2¶')
    expect(text).not.toContain('count($line)')
  })

  it('answers what cannot be, and goes on with what is', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', 'one\n')
    const session = await here.session()
    expect(await say(session, formatSessionUpdate(cat(path)), 'not started¶')).toContain('.syn session err ')
    await say(session, formatSessionStart(cat(path)), 'one\n¶')
    for (const [command, text] of [
      [formatSessionStart(cat(path)), 'session already started'],
      [formatSessionUpdate({ ...cat(path), mode: 'grep', regex: '(' }), 'invalid session spec'],
      [formatSessionUpdate({ mode: 'map', files: [path], query: 'select' }), 'invalid session spec'],
      ['SESSION STOP e30=', 'unknown action'],
    ] as const)
      expect(await say(session, command, '¶')).toBe(`.syn session err ${text}¶`)
    expect(await say(session, formatSessionUpdate(cat(path)), 'one\n¶')).toContain('update ok 2')
  })

  it('ends when the client has no more to say', async t => {
    const here = await serving(t)
    const session = await here.session()
    await say(session, formatSessionStart(cat(await here.file('a.log', 'one\n'))), 'one\n¶')
    await session.write(encodeCommandFrame(CLOSE_ACKNOWLEDGE))
    await session.close()
  })
})
