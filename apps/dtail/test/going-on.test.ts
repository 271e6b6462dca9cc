import { appendFile, copyFile, rename, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemClock } from '@logflow/core'
import type { SshSession } from '@logflow/ssh'
import { describe, expect, it } from 'vitest'
import { ask } from './asked.ts'
import { cuttingProxy } from './cutting-proxy.ts'
import { digest, logText } from './log-text.ts'
import { ended, site } from './programs.ts'
import { serving } from './serving.ts'
import { spoiled } from './spoiled.ts'

const text = logText(60_000)

type Change = (bytes: Uint8Array) => Promise<Uint8Array>

/** Does `change` to the first write of every session but the first `but`: what a server says that it can. */
function greetings(change: Change, { but = 0 } = {}): (session: SshSession) => SshSession {
  let sessions = 0
  return session => {
    let greeted = sessions++ < but
    const write = async (bytes: Uint8Array): Promise<void> => {
      if (greeted) return session.write(bytes)
      greeted = true
      return session.write(await change(bytes))
    }
    return spoiled(session, { write })
  }
}

/** Fails at one write, once. */
function failsAt(turn: number): (session: SshSession) => SshSession {
  let left = turn
  return session =>
    spoiled(session, {
      writeParts: parts => (--left === 0 ? Promise.reject(new Error('the test says no')) : session.writeParts(parts)),
    })
}

describe('an answer that goes on', () => {
  it('waits for a server that takes its time to say that it can', async t => {
    const late = greetings(async bytes => {
      await systemClock.sleep(400)
      return bytes
    })
    const here = await serving(t, {}, { spoil: late })
    const proxy = await cuttingProxy(t, here.server.port, [1_000_000])
    const { bytes, failed } = await ask(proxy.port, { files: [await here.file('a.log', text)] })
    expect(failed).toEqual([])
    expect(proxy.cuts()).toBe(1)
    expect(digest(bytes)).toBe(digest(text))
  })

  it('is not asked for once more from a server that cannot go on', async t => {
    const other = greetings(
      async bytes => Buffer.from(Buffer.from(bytes).toString('latin1').replace('native', 'foreign'), 'latin1'),
      { but: 1 },
    )
    const here = await serving(t, {}, { spoil: other })
    const proxy = await cuttingProxy(t, here.server.port, [1_000_000])
    const { bytes, failed, sources } = await ask(proxy.port, { files: [await here.file('a.log', text)] })
    expect(failed).toMatchObject([{ reason: expect.stringContaining('cannot go on') }])
    expect(sources).toMatchObject([{ account: { state: 'open', offset: bytes.length } }])
    expect(text.startsWith(bytes.toString())).toBe(true)
  })

  it('is not begun anew when nobody can tell which of two readings of a file broke off', async t => {
    const here = await serving(t)
    const proxy = await cuttingProxy(t, here.server.port, [1_000_000])
    const path = await here.file('a.log', text)
    const { bytes, failed } = await ask(proxy.port, { files: [path, path] })
    expect(proxy.cuts()).toBe(1)
    expect(failed).toMatchObject([{ reason: expect.stringContaining('cannot go on') }])
    expect(bytes.length).toBeLessThan(1_000_000)
  })

  it.for([
    ['with a new file in its place', true],
    ['with nothing in its place', false],
  ] as const)('finds what was rotated %s, and takes it once', async ([, isReplaced], t) => {
    const here = await serving(t)
    const older = logText(2000, { name: 'older' })
    const [newer, aged] = [await here.file('a.log', text), await here.file('a.log.1', older)]
    const onCut = async (): Promise<void> => {
      await rename(aged, join(here.folder, 'a.log.2'))
      await rename(newer, aged)
      if (isReplaced) await here.file('a.log', 'new\n')
    }
    const proxy = await cuttingProxy(t, here.server.port, [2_000_000], { onCut })
    const { bytesOf, bytes, failed, sources } = await ask(proxy.port, { files: [join(here.folder, 'a.log*')] })
    expect(proxy.cuts()).toBe(1)
    expect(failed).toEqual([])
    expect(digest(bytesOf(newer))).toBe(digest(text))
    expect(digest(bytesOf(aged))).toBe(digest(older))
    expect(bytes.length).toBe(text.length + older.length)
    for (const { account } of sources) expect(account).toMatchObject({ state: 'ended', gapBytes: 0 })
  })

  it.for<[string, (path: string) => Promise<void>]>([
    ['of a file that is gone', path => rename(path, join(dirname(path), 'elsewhere'))],
    [
      'of a file that was copied and cut, and takes nothing else for it',
      async path => {
        await copyFile(path, `${path}.1`)
        await truncate(path, 0)
        await appendFile(path, logText(70_000, { name: 'other' }))
      },
    ],
  ])('says how much is missing %s', async ([, change], t) => {
    const here = await serving(t)
    const path = await here.file('a.log', text)
    const proxy = await cuttingProxy(t, here.server.port, [2_000_000], { onCut: () => change(path) })
    const { bytes, failed, sources } = await ask(proxy.port, { files: [path] })
    expect(proxy.cuts()).toBe(1)
    expect(failed).toEqual([])
    expect(sources).toMatchObject([{ account: { state: 'ended', gapBytes: text.length - bytes.length } }])
    expect(text.startsWith(bytes.toString())).toBe(true)
  })

  it('knows a small file again that has grown', async t => {
    const here = await serving(t, {}, { spoil: failsAt(3) })
    const path = await here.file('small.log', 'one\n')
    let writing: Promise<void> | undefined
    const answer = await ask(
      here.server.port,
      { files: [path] },
      { onBytes: () => (writing ??= appendFile(path, 'two\n')) },
    )
    await writing
    expect(answer.bytes.toString()).toBe('one\ntwo\n')
    expect(answer.sources).toMatchObject([{ account: { state: 'ended', offset: 8 } }])
  })

  it('is not taken for whole when the server failed beside what it sent', async t => {
    const here = await serving(t)
    const files = [await here.file('a.log', text), await here.file('b.log', logText(100, { name: 'b' }))]
    const info = here.context.log.info.bind(here.context.log)
    let failures = 0
    here.context.log.info = (...args) => {
      if (args[0] === 'Start reading' && args[1] === files[1] && failures++ === 0) throw new Error('the test says no')
      return info(...args)
    }
    const { bytesOf, failed } = await ask(here.server.port, { files: [join(here.folder, '*.log')] })
    expect(failed).toEqual([])
    expect(failures).toBe(2)
    expect(files.map(file => digest(bytesOf(file)))).toEqual([digest(text), digest(logText(100, { name: 'b' }))])
  })
})

describe('dcat, as a program', () => {
  const common = ['--cfg', 'none', '--user', 'paul', '--trustAllHosts', '--noColor', '--plain']

  it('ends with 4 and says how many bytes are missing of a file that was cut', { timeout: 180_000 }, async t => {
    const here = await site(t)
    const path = join(here.folder, 'a.log')
    await writeFile(path, text)
    const { port } = await here.serve()
    const proxy = await cuttingProxy(t, port, [2_000_000], { onCut: () => truncate(path, 100) })
    const args = [...common, '--servers', `127.0.0.1:${proxy.port}`, '--files', path]
    const { code, stdout, stderr } = await here.run('dcat', args)
    expect(proxy.cuts()).toBe(1)
    expect(text.startsWith(stdout.toString())).toBe(true)
    expect(stderr).toContain(`gap ${text.length - stdout.length} bytes`)
    expect(code).toBe(4)
  })

  it('of a query has no middle to go on from: dmap ends with 3 and says why', { timeout: 60_000 }, async t => {
    const here = await site(t)
    const path = join(here.folder, 'a.log')
    await writeFile(path, logText(2000))
    const { port } = await here.serve()
    // The answer is one group for each line.
    const proxy = await cuttingProxy(t, port, [50_000])
    const query = 'select count($line) group by $line logformat generic'
    const asked = ['--servers', `127.0.0.1:${proxy.port}`, '--files', path, '--query', query]
    const { code, stderr } = await here.run('dmap', [...common, ...asked])
    expect(proxy.cuts()).toBe(1)
    expect(stderr).toContain(`127.0.0.1:${proxy.port}|`)
    expect(stderr).toContain('the server left before it said that it was done')
    expect(code).toBe(3)
  })

  it('goes on when the server was killed and started again', { timeout: 180_000 }, async t => {
    const here = await site(t)
    const path = join(here.folder, 'a.log')
    const large = text.repeat(16)
    await writeFile(path, large)
    const first = await here.serve()
    const child = here.start('dcat', [...common, '--servers', `127.0.0.1:${first.port}`, '--files', path])
    const ending = ended(child)
    await new Promise(resolve => child.stdout?.once('data', resolve))
    await first.stop('SIGKILL')
    await here.serve('--port', String(first.port))
    const { code, stdout, stderr } = await ending
    expect(stderr).toContain('going on where it was')
    expect(digest(stdout)).toBe(digest(large))
    expect(code).toBe(0)
  })
})
