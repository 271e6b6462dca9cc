import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { freePort } from '@logflow/testkit'
import { site, type Site } from './programs.ts'
import { atTerminal } from './terminal.ts'

const START = Date.UTC(2026, 10, 21, 6)
const quiet = ['--cfg', 'none', '--logger', 'stdout', '--logLevel', 'warn']
const remote = [...quiet, '--user', 'paul', '--trustAllHosts']

function stamp(second: number): string {
  return new Date(START + second * 1000).toISOString()
}

/** A line every second, from an hour on; every tenth has a trace. */
function logOf(name: string, from: number): string {
  let text = ''
  for (let second = from; second < 3600; second += 2)
    text += `${stamp(second)} ${name}\n${second % 20 < 2 ? '  at frame\n' : ''}`
  return text
}

async function writeLogs(here: Site): Promise<{ readonly a: string; readonly b: string }> {
  const [a, b] = [join(here.folder, 'a.log'), join(here.folder, 'b.log')]
  await writeFile(a, logOf('a', 0))
  await writeFile(b, logOf('b', 1))
  return { a, b }
}

const between = ['--since', stamp(600), '--until', stamp(604)]
const merged = [`${stamp(600)} a`, '  at frame', `${stamp(601)} b`, '  at frame', `${stamp(602)} a`, `${stamp(603)} b`]

describe('--since, --until and --merge time', () => {
  it('choose and order lines of files of this machine, plain, compressed, in disorder', async t => {
    const here = await site(t)
    const { a, b } = await writeLogs(here)
    const plain = await here.run('dcat', [...quiet, '--plain', '--merge', 'time', ...between, a, b])
    expect(plain).toMatchObject({ code: 0, stderr: '' })
    expect(plain.stdout.toString()).toBe(`${merged.join('\n')}\n`)
    await writeFile(`${b}.gz`, gzipSync(logOf('b', 1)))
    const packed = await here.run('dcat', [...quiet, '--plain', '--merge', 'time', ...between, a, `${b}.gz`])
    expect(packed.stdout).toEqual(plain.stdout)
    expect(packed.stderr).toContain('Looking at every line for its time|it is compressed')
    const lines = logOf('b', 1).split(/(?<=\n)(?=2026)/)
    await writeFile(b, [...lines.slice(500), ...lines.slice(0, 500)].join(''))
    const disorder = await here.run('dgrep', [...quiet, '--plain', '--grep', 'Z b', ...between, b])
    expect(disorder.stdout.toString()).toBe(`${stamp(601)} b\n${stamp(603)} b\n`)
    expect(disorder.stderr).toContain('its lines are not in the order of time')
  })

  it('end with 1 for a file whose lines do not say when they were written, with 2 for no moment', async t => {
    const here = await site(t)
    await writeFile(join(here.folder, 'u.log'), 'one\ntwo\n')
    const none = await here.run('dcat', [...quiet, '--plain', '--since', '5m', 'u.log'])
    expect(none).toMatchObject({ code: 1, stdout: Buffer.from('') })
    expect(none.stderr).toContain('no line says when it was written')
    const wrong = await here.run('dcat', [...quiet, '--since', 'soon', 'u.log'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('"soon" is no moment') })
    const turned = await here.run('dcat', [...quiet, '--since', '5m', '--until', '2h', 'u.log'])
    expect(turned).toMatchObject({ code: 2, stderr: expect.stringContaining('is not after') })
  })

  it('mean the same through servers, several of them, several files of one', async t => {
    const here = await site(t)
    const { a, b } = await writeLogs(here)
    const [{ port: one }, { port: two }] = [await here.serve(), await here.serve()]
    const both = await here.run('dcat', [
      ...[...remote, '--plain', '--merge', 'time', ...between],
      ...['--servers', `127.0.0.1:${one},127.0.0.1:${two}`, '--files', `${a},${b}`],
    ])
    expect(both).toMatchObject({ code: 0 })
    expect(
      both.stdout
        .toString()
        .split('\n')
        .filter(line => line.includes('Z')),
    ).toEqual(merged.filter(line => line.includes('Z')).flatMap(line => [line, line]))
    const glob = ['--servers', `127.0.0.1:${one}`, '--files', join(here.folder, '[ab].log')]
    const single = await here.run('dcat', [...remote, '--plain', '--merge', 'time', ...between, ...glob])
    expect(single.stdout.toString()).toBe(`${merged.join('\n')}\n`)
    const counted = await here.run('dmap', [
      ...[...remote, '--json', ...between, ...glob],
      ...['--query', 'select count($line),last($hostname) group by $hostname logformat generic'],
    ])
    expect(JSON.parse(counted.stdout.toString())).toMatchObject({
      kind: 'row',
      values: { 'count($line)': 6, 'last($hostname)': 'earth' },
    })
  }, 60_000)
})

describe('--json', () => {
  it('gives lines with their place, and the server that failed, with exit code 3', async t => {
    const here = await site(t)
    await writeFile(join(here.folder, 'a.log'), Buffer.from('one\n\xff\n\u20ac', 'latin1'))
    const [{ port }, closed] = [await here.serve(), await freePort()]
    const { code, stdout } = await here.run('dcat', [
      ...[...remote, '--json', '--servers', `127.0.0.1:${port},127.0.0.1:${closed}`],
      ...['--files', join(here.folder, 'a.log')],
    ])
    expect(code).toBe(3)
    const path = join(here.folder, 'a.log')
    const objects = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Record<string, unknown>)
    expect(objects.filter(({ kind }) => kind === 'line')).toEqual([
      { kind: 'line', host: 'earth', path, line: 1, offset: 0, text: 'one' },
      { kind: 'line', host: 'earth', path, line: 2, offset: 4, text: '\ufffd', base64: '/w==' },
      expect.objectContaining({ line: 3, offset: 6, newline: false }),
    ])
    expect(objects.filter(({ event }) => event === 'failed')).toEqual([
      expect.objectContaining({ host: `127.0.0.1:${closed}`, detail: { message: expect.stringContaining('dial') } }),
    ])
  })
})

describe('at a terminal', () => {
  it('control characters are made visible also in plain lines and in tables, unless --raw', async t => {
    const here = await site(t)
    await writeFile(join(here.folder, 'a.log'), 'evil=\u001b]0;title\u0007\u202e\n')
    const plain = atTerminal(t, here, 'dcat', ['--cfg', 'none', '--plain', 'a.log'])
    expect(await plain.ended).toBe(0)
    expect(plain.shown).toContain('evil=\\x1b]0;title\\x07\\u{202e}')
    const query = 'select count(evil),last(evil) group by $hostname logformat generickv'
    const table = atTerminal(t, here, 'dmap', ['--cfg', 'none', '--noColor', '--query', query, '--files', 'a.log'])
    expect(await table.ended).toBe(0)
    expect(table.shown).toContain('\\x1b]0;title\\x07')
    expect(table.shown).not.toContain('\u001b]0;')
    const raw = atTerminal(t, here, 'dcat', ['--cfg', 'none', '--plain', '--raw', 'a.log'])
    expect(await raw.ended).toBe(0)
    expect(raw.shown).toContain('evil=\u001b]0;title\u0007')
  })
})
