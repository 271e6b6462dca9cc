import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeCommandFrame } from '@logflow/protocol'
import { tempDir, type Cleanup } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { ask } from './asked.ts'
import { cuttingProxy } from './cutting-proxy.ts'
import { site } from './programs.ts'
import { converse, readUntil, serving, type Serving } from './serving.ts'

const rules = { Permissions: { Default: ['^/.*', 'readfiles:^journal:web\\.service$'], Users: {} } }

/** A journalctl that writes down how it was called, and a server that has it. */
async function withJournal(test: Cleanup, script: string, config = {}): Promise<Serving & { readonly calls: string }> {
  const folder = await tempDir(test)
  const calls = join(folder, 'calls')
  await writeFile(join(folder, 'journalctl'), `#!/bin/sh\necho "$@" >> ${calls}\n${script}\n`, { mode: 0o755 })
  const here = await serving(test, { ...rules, ...config }, { findJournalctl: async () => join(folder, 'journalctl') })
  return { ...here, calls }
}

describe('a session about a journal', () => {
  it('reads a unit like a file, and tells the capability first', async t => {
    const here = await withJournal(t, 'printf "one\\ntwo 2\\nrest"')
    const session = await here.session()
    await session.write(encodeCommandFrame('cat: journal:web.service regex:noop '))
    const text = await readUntil(session, '.syn close connection¶')
    expect(text).toMatch(/^\.syn capabilities [^¶]*\bjournal-v1\b[^¶]*¶/)
    expect(text).toContain(
      'REMOTE|earth|100|1|journal:web.service|one\n¶REMOTE|earth|100|2|journal:web.service|two 2\n',
    )
    expect(text).toContain('|3|journal:web.service|rest')
    expect(await readFile(here.calls, 'utf8')).toBe('-u web.service\n')
  })

  it('cannot go on where the connection broke, and says so', async t => {
    const here = await withJournal(t, 'seq 100000')
    const proxy = await cuttingProxy(t, here.server.port, [100_000])
    const unresumable = { native: { resume: undefined } }
    const { bytes, failed } = await ask(proxy.port, { files: ['journal:web.service'] }, unresumable)
    expect(proxy.cuts()).toBe(1)
    expect(bytes.length).toBeGreaterThan(0)
    expect(failed).toMatchObject([{ reason: expect.stringContaining('server left before it said that it was done') }])
    expect(await readFile(here.calls, 'utf8')).toBe('-u web.service\n')
  })

  it('searches it', async t => {
    const here = await withJournal(t, 'echo hit 1; echo miss; echo hit 2')
    const text = await converse(await here.session(), 'grep:plain=true journal:web.service regex:default hit')
    expect(text).toBe('hit 1\n¶hit 2\n¶')
  })

  it('runs nothing for a unit that no rule allows', async t => {
    const here = await withJournal(t, 'echo secret')
    for (const unit of ['other.service', '-x', 'web.service\n']) {
      const text = await converse(await here.session(), `cat: journal:${unit} regex:noop `)
      expect(text).toMatch(/^SERVER\|earth\|WARN\|[^¶]*Unable to read file\(s\), check server logs\n¶$/)
    }
    await expect(readFile(here.calls, 'utf8')).rejects.toThrow('ENOENT')
  })

  it('needs a rule of its own: the usual one is about paths', async t => {
    const here = await withJournal(t, 'echo secret', { Permissions: { Default: ['^/.*'], Users: {} } })
    const text = await converse(await here.session(), 'cat: journal:web.service regex:noop ')
    expect(text).toContain('Unable to read file(s)')
    expect(text).not.toContain('secret')
  })

  it('follows it, starts it again when it fails, and stops it with the session', async t => {
    const script = 'trap "echo stopped >> $0.end; exit" TERM\necho "live $$"; test -e $0.on || { touch $0.on; exit 1; }'
    const here = await withJournal(t, `${script}\nwhile :; do sleep 0.02; done`, { ReadRetryIntervalMs: 10 })
    const session = await here.session()
    await session.write(encodeCommandFrame('tail:plain=true journal:web.service regex:noop '))
    const text = await readUntil(session, 'is started again')
    expect(text).toContain('journalctl failed: exit status 1')
    await expect.poll(() => readFile(here.calls, 'utf8')).toBe('-u web.service -f -n 0\n'.repeat(2))
    session.abort()
    await expect.poll(() => readFile(join(here.calls, '../journalctl.end'), 'utf8')).toBe('stopped\n')
  })

  it('passes on what journalctl complains about', async t => {
    const here = await withJournal(t, 'echo no such unit >&2; exit 1')
    const text = await converse(await here.session(), 'cat: journal:web.service regex:noop ')
    expect(text).toContain('journalctl stderr: no such unit\n')
    expect(text).toContain('journalctl failed: exit status 1\n')
  })
})

describe('clients about a journal', () => {
  const common = ['--cfg', 'none', '--user', 'paul', '--trustAllHosts', '--plain', '--logger', 'stdout']

  it('show it, and count it', async t => {
    const bin = await tempDir(t)
    const here = await site(t, { PATH: bin })
    await writeFile(join(bin, 'journalctl'), '#!/bin/sh\necho one; echo two\n', { mode: 0o755 })
    const path = join(here.folder, 'dserver.json')
    const config = JSON.parse(await readFile(path, 'utf8')) as { Server: object }
    await writeFile(path, JSON.stringify({ ...config, Server: { ...config.Server, ...rules } }))
    const { port } = await here.serve()
    const args = [...common, '--servers', `127.0.0.1:${port}`, '--files', 'journal:web.service']
    expect((await here.run('dcat', args)).stdout.toString()).toBe('one\ntwo\n')
    const counted = await here.run('dmap', [
      ...args,
      '--query',
      'select count($line) group by $hostname logformat generic',
    ])
    expect(counted).toMatchObject({ code: 0 })
    expect(counted.stdout.toString()).toMatch(/\n\s*2\s*\n/)
  })

  it('end with 3 when a server has none', async t => {
    const here = await site(t, { PATH: await tempDir(t) })
    const { port } = await here.serve()
    await appendFile(join(here.folder, 'a.log'), 'one\n')
    const files = `journal:web.service,${join(here.folder, 'a.log')}`
    for (const program of ['dcat', 'dtail']) {
      const { code, stdout, stderr } = await here.run(program, [
        ...common,
        '--servers',
        `127.0.0.1:${port}`,
        '--files',
        files,
      ])
      expect(code).toBe(3)
      expect(stdout.toString()).toBe('')
      expect(stderr).toContain('journal file targets require server capability journal-v1')
    }
  })
})
