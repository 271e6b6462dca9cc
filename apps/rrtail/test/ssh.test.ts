import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { callsOf, fakeSsh, Rrtail } from './rrtail-process.ts'

describe('rrtail over ssh', () => {
  let folder: string
  let path: string
  let ssh: string
  const running: Rrtail[] = []
  const start = (origin: string, ...args: string[]): Rrtail => {
    const quick = ['--initial-retry-backoff', '20ms', '--max-retry-backoff', '100ms', '--check-interval', '100ms']
    const rrtail = new Rrtail('--ssh-program', ssh, ...quick, ...args, origin)
    running.push(rrtail)
    return rrtail
  }
  const cut = (...bytes: number[]): void => writeFileSync(join(folder, 'cuts'), bytes.join('\n'))
  const lines = (from: number, to: number): string => {
    let text = ''
    for (let i = from; i < to; i++) text += `line ${i} ${'x'.repeat(i % 90)}\n`
    return text
  }
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rrtail-'))
    path = join(folder, 'app.log')
    ssh = fakeSsh(folder)
  })
  afterEach(async () => {
    for (const rrtail of running.splice(0)) await rrtail.stop()
    rmSync(folder, { recursive: true })
  })

  it('brings every byte once although the connection breaks again and again', async () => {
    const text = lines(0, 6000)
    writeFileSync(path, text)
    cut(3000, 70_000, 1, 500, 200_000, 45, 60)
    const rrtail = start(`me@web1:${path}`)
    await rrtail.has(text)
    appendFileSync(path, 'and more\n')
    await rrtail.has(`${text}and more\n`)
    expect(await rrtail.stop()).toBe(0)
    expect(rrtail.stderr).toBe('')
    const calls = callsOf(folder)
    expect(calls).toHaveLength(8)
    expect(calls[0]?.slice(-4)).toEqual(['-l', 'me', '--', 'web1'])
  })

  it('goes through rotations: rest of the old file, whole files in between, then the new one', async () => {
    const all = [lines(0, 900), lines(900, 1500), lines(1500, 1600), lines(1600, 1700)] as const
    writeFileSync(path, all[0])
    cut(20_000)
    const rrtail = start(`web1:${path}`, '--starting-byte', '10')
    await new Promise<void>(resolve => rrtail.child.stdout?.once('data', () => resolve()))
    appendFileSync(path, all[1])
    renameSync(path, `${path}.2`)
    spawnSync('gzip', [`${path}.2`])
    writeFileSync(`${path}.1`, all[2])
    writeFileSync(path, all[3])
    await rrtail.has(all.join('').slice(10))
    expect(await rrtail.stop()).toBe(0)
  })

  it('notices a rotation while it is connected, late writers included', async () => {
    writeFileSync(path, 'old\n')
    const rrtail = start(`web1:${path}`)
    await rrtail.has('old\n')
    renameSync(path, `${path}-20260501`)
    writeFileSync(path, 'new\n')
    appendFileSync(`${path}-20260501`, 'late\n')
    await rrtail.has('old\nlate\nnew\n')
    appendFileSync(path, 'newer\n')
    await rrtail.has('old\nlate\nnew\nnewer\n')
    expect(await rrtail.stop()).toBe(0)
  })

  it('says exactly what it cannot bring, and ends with 3', async () => {
    writeFileSync(path, 'will be lost\n')
    cut(700) // after some signs of life
    const rrtail = start(`web1:${path}`)
    await rrtail.has('will be lost\n')
    writeFileSync(join(folder, 'refuse'), 'ssh: connect to host web1 port 22: Network is unreachable\n')
    await expect.poll(() => callsOf(folder).length).toBeGreaterThan(1)
    rmSync(path)
    writeFileSync(path, 'another file\n')
    rmSync(join(folder, 'refuse'))
    await rrtail.has('will be lost\nanother file\n')
    expect(await rrtail.stop()).toBe(3)
    expect(rrtail.stderr).toContain('after byte 13')
    expect(rrtail.stderr).toContain('of 13 bytes')
  })

  it('loses nothing of a file that is deleted while it is connected', async () => {
    writeFileSync(path, 'old\n')
    const rrtail = start(`web1:${path}`)
    await rrtail.has('old\n')
    appendFileSync(path, 'older\n')
    rmSync(path)
    writeFileSync(path, 'new\n')
    await rrtail.has('old\nolder\nnew\n')
    expect(await rrtail.stop()).toBe(0)
  })

  it('finds what copytruncate leaves: the rest of the copy, then the file from its start', async () => {
    writeFileSync(path, lines(0, 50))
    const rrtail = start(`web1:${path}`)
    await rrtail.has(lines(0, 50))
    appendFileSync(path, lines(50, 80))
    copyFileSync(path, `${path}.1`)
    truncateSync(path, 0)
    appendFileSync(path, lines(80, 90))
    await rrtail.has(lines(0, 90))
    expect(await rrtail.stop()).toBe(0)
  })

  it('is not misled by files that begin alike', async () => {
    writeFileSync(path, 'header\n')
    cut(700)
    const rrtail = start(`web1:${path}`)
    await rrtail.has('header\n')
    writeFileSync(join(folder, 'refuse'), 'ssh: connect to host web1 port 22: Network is unreachable\n')
    await expect.poll(() => callsOf(folder).length).toBeGreaterThan(1)
    appendFileSync(path, 'first\n')
    renameSync(path, `${path}.2`)
    writeFileSync(`${path}.1`, 'header\nsecond\n')
    writeFileSync(path, 'header\nthird\n')
    rmSync(join(folder, 'refuse'))
    await rrtail.has('header\nfirst\nheader\nsecond\nheader\nthird\n')
    expect(await rrtail.stop()).toBe(0)
  })

  it('never takes a file that was cut and has grown again for the old one', async () => {
    writeFileSync(path, 'a'.repeat(5000))
    writeFileSync(join(folder, 'cuts'), '6000')
    const rrtail = start(`web1:${path}`, '--initial-retry-backoff', '600ms')
    await rrtail.has('a'.repeat(5000))
    appendFileSync(path, 'a'.repeat(2000)) // the connection breaks within this
    await new Promise<void>(resolve => rrtail.child.stdout?.once('data', () => resolve()))
    truncateSync(path, 0)
    appendFileSync(path, 'b'.repeat(9000))
    await expect.poll(() => rrtail.out.toString().endsWith(`a${'b'.repeat(9000)}`)).toBe(true)
    expect(await rrtail.stop()).toBe(3)
  })

  it('goes on where it was after a restart, also when it was killed', async () => {
    const state = join(folder, 'place')
    writeFileSync(path, 'one\n')
    const first = start(`web1:${path}`, '--state', state)
    await first.has('one\n')
    expect(await first.stop()).toBe(0)
    appendFileSync(path, 'two\n')
    const second = start(`web1:${path}`, '--state', state)
    await second.has('two\n')
    await expect.poll(() => readFileSync(state, 'utf8')).toContain('"offset":8,')
    second.child.kill('SIGKILL')
    await second.exit
    renameSync(path, `${path}.1`)
    appendFileSync(`${path}.1`, 'three\n')
    writeFileSync(path, 'four\n')
    const third = start(`web1:${path}`, '--state', state)
    await third.has('three\nfour\n')
    const meanwhile = start(`web1:${path}`, '--state', state)
    const inUse = `is in use by another rrtail, process ${third.child.pid}`
    expect([await meanwhile.exit, meanwhile.stderr]).toEqual([1, expect.stringContaining(inUse)])
    expect(await third.stop()).toBe(0)
    const other = start('web2:/x', '--state', state)
    expect([await other.exit, other.stderr]).toEqual([1, expect.stringContaining('is of')])
  })

  it('quotes the path, and expands it only when asked to', async () => {
    const odd = join(folder, `it's; touch pwned $(touch pwned) *.log`)
    writeFileSync(odd, 'odd\n')
    await start(`web1:${odd}`).has('odd\n')
    writeFileSync(join(folder, 'b-1.txt'), 'b\n')
    await start(`web1:${folder}/b-*.t?t`, '--glob').has('b\n')
    writeFileSync(join(folder, 'b-2.txt'), 'b\n')
    const many = start(`web1:${folder}/b-*`, '--glob')
    expect([await many.exit, many.stderr]).toEqual([1, expect.stringContaining('matches 2 files')])
    expect(readdirSync(folder).filter(name => name === 'pwned')).toEqual([])
  })

  it('gives up at once, with 1, where another try would not help', async () => {
    expect(await start('web1').exit).toBe(1)
    expect(await start('@web1:x').exit).toBe(1)
    const missing = start(`web1:${folder}/nothing`)
    expect([await missing.exit, missing.stderr]).toEqual([1, expect.stringContaining('no such file')])
    expect(await start(`web1:${folder}`).exit).toBe(1)
    writeFileSync(join(folder, 'refuse'), 'me@web1: Permission denied (publickey).\n')
    const denied = start(`web1:${path}`)
    expect([await denied.exit, denied.stderr]).toEqual([1, expect.stringContaining('Permission denied (publickey)')])
    writeFileSync(join(folder, 'refuse'), 'ssh: connect to host web1 port 22: Connection refused\n')
    const before = callsOf(folder).length
    const retried = start(`web1:${path}`, '--max-retries', '3')
    expect([await retried.exit, retried.stderr]).toEqual([1, expect.stringContaining('gave up after 3 retries')])
    expect(callsOf(folder).length - before).toBe(4)
    expect(await start(`web1:${path}`, '--retry-backoff-multiplier', '0.5').exit).toBe(2)
  })

  it('ends with 0 when the reader of its output leaves', async () => {
    writeFileSync(path, lines(0, 100))
    const rrtail = start(`web1:${path}`)
    await rrtail.has(lines(0, 100))
    rrtail.child.stdout?.destroy()
    appendFileSync(path, lines(0, 50))
    expect(await rrtail.exit).toBe(0)
  })

  it('shows marks with -v, commands and data with -vv', async () => {
    writeFileSync(path, 'y'.repeat(3 * 1024))
    const marks = start(`web1:${path}`, '-v')
    await marks.has('y'.repeat(3 * 1024))
    await expect.poll(() => marks.stderr).toBe('...')
    const data = start(`web1:${path}`, '-vv', '--starting-byte', '3068')
    await data.has('yyyy')
    await expect.poll(() => data.stderr).toMatch(/rrtail: .*ssh -a -n .* -- web1 exec sh -c [^]*yyyy$/)
  })
})
