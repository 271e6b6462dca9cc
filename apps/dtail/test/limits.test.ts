import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { appendFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeCommandFrame } from '@logflow/protocol'
import type { SshSession } from '@logflow/ssh'
import { FakeClock } from '@logflow/testkit'
import { describe, expect, it, vi } from 'vitest'
import { ended, site } from './programs.ts'
import { converse, readUntil, serving, type Serving } from './serving.ts'

/** A client that asks for a large file and takes nothing of it. */
async function stalled(here: Serving): Promise<SshSession> {
  // Each its own: what one is being sent must not be emptied for the next.
  const path = await here.file(`large-${randomUUID()}.log`, '')
  await truncate(path, 64 * 1024 * 1024)
  const session = await here.session()
  await session.write(encodeCommandFrame(`cat:plain=true ${path} regex:noop `))
  return session
}

describe('the sessions of a user', () => {
  it('are no more than configured, and the next one is told why', async t => {
    const here = await serving(t, { MaxConnectionsPerUser: 1 })
    const path = await here.file('a.log', 'one\n')
    const first = await here.session()
    await readUntil(first, '¶')
    expect(await readUntil(await here.session(), 'never')).toMatch(
      /WARN.*Exceeded max allowed sessions of this user\n¶$/,
    )
    await (await here.session('DTAIL-HEALTH')).close()
    await first.close()
    expect(await converse(await here.session(), `cat:plain=true ${path} regex:noop `)).toBe('one\n¶')
  })
})

describe('a client that takes nothing and does not leave', () => {
  it('loses its place to those who wait for one, and goes on when it wakes up', async t => {
    const clock = new FakeClock()
    const here = await serving(t, { MaxConcurrentCats: 1 }, { clock })
    const sleeper = await stalled(here)
    const path = await here.file('a.log', 'one\n')
    let answer = ''
    void converse(await here.session(), `cat:plain=true ${path} regex:noop `).then(text => (answer = text))
    await vi.waitFor(async () => {
      await clock.advance(5000)
      expect(answer).toBe('one\n¶')
    })
    let bytes = 0
    for await (const chunk of sleeper.input) if ((bytes += chunk.length) > 64 * 1024 * 1024) break
    expect(bytes).toBeGreaterThan(64 * 1024 * 1024)
  })

  it('is disconnected in the end, and costs little until then', async t => {
    const clock = new FakeClock()
    const here = await serving(t, { StalledTimeoutMs: 60_000, MaxConcurrentCats: 10 }, { clock })
    const before = process.memoryUsage().rss
    const sleepers = [await stalled(here), await stalled(here), await stalled(here)]
    const gone = Promise.all(sleepers.map(session => session.closed))
    let over = false
    void gone.then(() => (over = true))
    await vi.waitFor(async () => {
      await clock.advance(5000)
      expect(over).toBe(true)
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024)
    await vi.waitFor(() => expect(here.server.stats().connections).toBe(0))
  })
})

describe('a server that stops', () => {
  it('ends what follows a file in order, reads to its end what has one, and takes nobody in', async t => {
    const here = await serving(t)
    const path = await here.file('a.log', '')
    const [following, reading, idle] = [await here.session(), await stalled(here), await here.session()]
    await following.write(encodeCommandFrame(`tail:plain=true ${path} regex:noop `))
    const writing = setInterval(() => void appendFile(path, 'live\n'), 20)
    t.onTestFinished(() => clearInterval(writing))
    await readUntil(following, 'live\n')
    here.server.stopAccepting()
    const drained = here.context.sessions.drain()
    expect(await readUntil(following, '.syn close connection¶')).toContain('.syn close connection¶')
    await following.write(encodeCommandFrame('.ack close connection'))
    await following.closed
    await idle.closed
    await expect(here.session()).rejects.toMatchObject({ code: 'LF_SSH_CONNECT' })
    let bytes = 0
    for await (const chunk of reading.input) {
      bytes += chunk.length
      if (Buffer.from(chunk).includes('.syn close')) await reading.write(encodeCommandFrame('.ack close connection'))
    }
    expect(bytes).toBeGreaterThan(64 * 1024 * 1024)
    await drained
  })

  it('ends with 0 after SIGTERM, with its sessions', async t => {
    const here = await site(t)
    const server = await here.serve('--logger', 'stdout')
    const log = join(here.folder, 'a.log')
    await appendFile(log, 'one\n')
    const common = ['--cfg', 'none', '--user', 'paul', '--key', here.key, '--trustAllHosts', '--plain']
    const client = here.start('dtail', [...common, '--servers', `127.0.0.1:${server.port}`, '--files', log])
    const writing = setInterval(() => void appendFile(log, 'live\n'), 20)
    t.onTestFinished(() => clearInterval(writing))
    await once(client.stdout as NodeJS.ReadableStream, 'data')
    const { code, stdout } = await server.stop()
    expect(code).toBe(0)
    expect(stdout.toString()).toContain('Stopping server')
    expect(stdout.toString()).not.toContain('Ending sessions that are not done')
    client.kill('SIGTERM')
    expect((await ended(client)).code).toBe(0)
  })

  it('ends at once after a second signal', async t => {
    const here = await site(t)
    const server = await here.serve('--logger', 'stdout')
    const log = join(here.folder, 'large.log')
    await appendFile(log, `${'x'.repeat(99)}\n`.repeat(1_000_000))
    const common = ['--cfg', 'none', '--user', 'paul', '--key', here.key, '--trustAllHosts', '--plain']
    const client = here.start('dcat', [...common, '--servers', `127.0.0.1:${server.port}`, '--files', log])
    // Nobody reads on: the server waits for the client, which waits for us.
    await once(client.stdout as NodeJS.ReadableStream, 'readable')
    const first = server.stop()
    await server.says('Stopping server')
    expect((await server.stop()).code).toBe(130)
    await first
  })
})
