import { appendFileSync, mkdirSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { DEBIAN_TOOL_MS } from '@logflow/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Rrtail } from '../rrtail-process.ts'
import { runCuts } from './cut-run.ts'
import { NetworkCell } from './network-cell.ts'
import { StockSshd } from './stock-sshd.ts'

describe('rrtail and a stock sshd', { timeout: 60_000 }, () => {
  let sshd: StockSshd | undefined
  let folder: string
  let path: string
  let made = 0
  const running: Rrtail[] = []
  const start = (where: string, ...args: string[]): Rrtail => {
    const patient = ['--check-interval', '200ms', '--silence-timeout', '1s']
    const quick = ['--initial-retry-backoff', '50ms', '--max-retry-backoff', '200ms', ...patient]
    const rrtail = new Rrtail('-F', sshd?.config ?? '', ...quick, ...args, where)
    running.push(rrtail)
    return rrtail
  }
  beforeAll(async () => {
    sshd = await StockSshd.start()
  }, DEBIAN_TOOL_MS + 60_000)
  afterAll(() => sshd?.close())
  beforeEach(t => {
    if (!sshd) return t.skip()
    folder = join(sshd.folder, `test-${++made}`)
    mkdirSync(folder)
    path = join(folder, 'app.log')
  })
  afterEach(async () => {
    for (const rrtail of running.splice(0)) await rrtail.stop()
  })

  it('brings bytes of any kind, and what is added, with the configuration of ssh', async t => {
    if (!sshd) return t.skip()
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) & 0xff))
    writeFileSync(path, bytes)
    const rrtail = start(`web1:${path}`)
    await rrtail.has(bytes)
    appendFileSync(path, 'last\n')
    await rrtail.has(Buffer.concat([bytes, Buffer.from('last\n')]))
    expect([await rrtail.stop(), rrtail.stderr]).toEqual([0, ''])
    const part = start(`web1:${path}`, '--starting-byte', String(bytes.length))
    await part.has('last\n')
  })

  it('heals that matching of errors was little tested: no login, no file, no folder, a server that shows another key', async t => {
    if (!sshd) return t.skip()
    const missing = start(`web1:${folder}/none`)
    expect([await missing.exit, missing.stderr]).toEqual([1, expect.stringContaining('no such file')])
    const stranger = start(`nobody-here@web1:${path}`)
    expect([await stranger.exit, stranger.stderr]).toEqual([
      1,
      expect.stringContaining('Permission denied (publickey)'),
    ])
    writeFileSync(join(folder, 'known'), '')
    writeFileSync(
      join(folder, 'strict'),
      `Host web1\n  UserKnownHostsFile ${folder}/known\n  StrictHostKeyChecking yes\nInclude ${sshd.config}\n`,
    )
    const folderItself = start(`web1:${folder}`)
    expect([await folderItself.exit, folderItself.stderr]).toEqual([1, expect.stringContaining('not a regular file')])
    const unknown = new Rrtail('-F', join(folder, 'strict'), `web1:${path}`)
    expect([await unknown.exit, unknown.stderr]).toEqual([1, expect.stringContaining('Host key verification failed')])
  })

  it('leaves nothing running on the server when its connection dies or it ends', async t => {
    if (!sshd) return t.skip()
    writeFileSync(path, 'quiet\n')
    const rrtail = start(`web1:${path}`)
    await rrtail.has('quiet\n')
    expect(sshd.sessions().length).toBeGreaterThan(0)
    rrtail.child.kill('SIGKILL')
    await rrtail.exit
    await expect.poll(() => sshd?.sessions()).toEqual([])
  })

  it('heals that the original did not check whether the file is append-only', async t => {
    if (!sshd) return t.skip()
    writeFileSync(path, 'first version, read\n')
    const rrtail = start(`web1:${path}`)
    await rrtail.has('first version, read\n')
    truncateSync(path, 0)
    writeFileSync(path, 'second version, as long or longer\n')
    await rrtail.has('first version, read\nsecond version, as long or longer\n')
    expect(await rrtail.stop()).toBe(3)
    expect(rrtail.stderr).toContain('gap: the file was replaced or cut after byte 20')
  })

  it('heals that the original stopped at log rotation, twice in a row and with the second last packed', async t => {
    if (!sshd) return t.skip()
    writeFileSync(path, 'one\n')
    const rrtail = start(`web1:${path}`)
    await rrtail.has('one\n')
    await sshd.kill()
    appendFileSync(path, 'two\n')
    renameSync(path, `${path}.2`)
    spawnSync('gzip', [`${path}.2`])
    writeFileSync(`${path}.1`, 'three\n')
    writeFileSync(path, 'four\n')
    await sshd.listen()
    await rrtail.has('one\ntwo\nthree\nfour\n')
    expect([await rrtail.stop(), rrtail.stderr]).toEqual([0, ''])
  })

  it('says which rotated file cannot be unpacked, and goes on', async t => {
    if (!sshd) return t.skip()
    writeFileSync(path, 'one\n')
    const rrtail = start(`web1:${path}`)
    await rrtail.has('one\n')
    await sshd.kill()
    renameSync(path, `${path}.2`)
    writeFileSync(`${path}.1.gz`, 'this is not gzip')
    writeFileSync(path, 'three\n')
    await sshd.listen()
    await rrtail.has('one\nthree\n')
    expect(await rrtail.stop()).toBe(3)
    expect(rrtail.stderr).toContain(`the server cannot unpack ${path}.1.gz`)
  })

  it('goes on after its end with the place of --state, which is of one file and private', async t => {
    if (!sshd) return t.skip()
    const state = join(folder, 'place')
    writeFileSync(path, 'one\n')
    const first = start(`web1:${path}`, '--state', state)
    await first.has('one\n')
    expect(await first.stop()).toBe(0)
    expect(statSync(state).mode & 0o777).toBe(0o600)
    appendFileSync(path, 'two\n')
    const second = start(`web1:${path}`, '--state', state)
    await second.has('two\n')
    await second.stop()
    const other = start(`web1:${path}.1`, '--state', state)
    expect([await other.exit, other.stderr]).toEqual([1, expect.stringContaining('is of')])
    const nowhere = start(`web1:${path}`, '--state', join(folder, 'none', 'place'))
    expect([await nowhere.exit, nowhere.stderr]).toEqual([1, expect.stringContaining('cannot be written')])
  })

  it('notices another network long before silence would tell', async t => {
    const cell = NetworkCell.open()
    if (!cell) return t.skip()
    const away = await StockSshd.start({ namespace: cell.name, address: cell.address })
    if (!away) return t.skip()
    const far = join(away.folder, 'far.log')
    writeFileSync(far, 'here\n')
    const rrtail = new Rrtail('-F', away.config, '--silence-timeout', '10m', `web1:${far}`)
    await rrtail.has('here\n')
    cell.changeAddress()
    appendFileSync(far, 'there\n')
    await rrtail.has('here\nthere\n')
    expect(await rrtail.stop()).toBe(0)
    await away.close()
    cell.close()
  })

  it('brings every byte once through random cuts, in each of which the file is rotated twice', async t => {
    const outcome = await runCuts(18, 20_260_501)
    if (!outcome) return t.skip()
    expect(outcome).toMatchObject({ same: true, rotations: 36, received: outcome.written, stderr: '' })
  }, 240_000)
})
