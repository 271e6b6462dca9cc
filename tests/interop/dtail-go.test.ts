import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Site } from './sites.ts'

/** Folder with `F/` and `O/`: programs of snonux/dtail and mimecast/dtail, built with Go. */
const peers = process.env['LOGFLOW_PEERS']
const originals = peers === undefined ? [] : (['F', 'O'] as const).filter(name => existsSync(path.join(peers, name)))
if (originals.length === 0)
  console.warn('LOGFLOW_PEERS names no folder with Go programs: interoperation with the original DTail was NOT checked')

const pairs = [
  ['N', 'N'] as const,
  ...originals.map(name => [name, 'N'] as const),
  ...originals.map(name => ['N', name] as const),
]
const site = new Site(peers)
const log = path.join(site.folder, 'a.log')
const STATS = 'INFO|1002-071143|1|stats.go:56|8|13|7|0.21|471h0m21s|MAPREDUCE:STATS|currentConnections='

beforeAll(() => {
  let text = ''
  for (let i = 0; i < 20_000; i++) {
    text +=
      i % 500 === 0 ? `${STATS}${i}\n` : `${i} ${i % 97 === 0 ? 'ERROR' : 'info'} h${i % 7} ${'x'.repeat(i % 120)}\n`
  }
  writeFileSync(log, text)
  site.handOver()
})
afterAll(() => {
  site.stop()
  rmSync(site.folder, { recursive: true, force: true })
})

describe.each(pairs)('client of %s, server of %s', (client, server) => {
  let address = ''
  beforeAll(async () => (address = await site.serve(server)))

  const ask = (program: string, key: string | undefined, ...args: readonly string[]): ReturnType<Site['run']> => {
    const common = ['--cfg', 'none', '--logger', 'stdout', '--logLevel', 'error', '--trustAllHosts', '--user', 'paul']
    return site.run(client, program, [...common, '--key', key ?? '', '--servers', address, '--files', log, ...args])
  }

  it.each(['an RSA', 'an ECDSA'])('dcat shows the file to the byte, logged in with %s key', async kind => {
    const { code, stdout, stderr } = await ask('dcat', site.keys[kind === 'an RSA' ? 0 : 1], '--plain')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.equals(readFileSync(log))).toBe(true)
  })

  it('dcat shows host, number and source of each line', async () => {
    const { stdout } = await ask('dcat', site.keys[0], '--noColor')
    const lines = stdout.toString().trimEnd().split('\n')
    expect(lines[1]?.replace('| 99|', '|100|')).toBe('REMOTE|earth|100|2|a.log|1 info h1 x')
    expect(lines.at(-1)).toMatch(/^REMOTE\|earth\|[ \d]{3}\|20000\|a\.log\|19999 /)
  })

  it('dgrep finds what grep would find', async () => {
    const { code, stdout } = await ask('dgrep', site.keys[0], '--plain', '--grep', 'ERROR h[23] ')
    const wanted = readFileSync(log, 'utf8')
      .split('\n')
      .filter(line => /ERROR h[23] /.test(line))
    expect(code).toBe(0)
    expect(stdout.toString().trimEnd().split('\n')).toEqual(wanted)
  })

  it('dgrep shows the same context', async () => {
    const args = ['--plain', '--grep', 'ERROR h3', '--before', '2', '--after', '1', '--max', '3']
    const { stdout } = await ask('dgrep', site.keys[0], ...args)
    const local = await site.run('N', 'dgrep', ['--cfg', 'none', ...args, log])
    expect(stdout.toString()).toBe(local.stdout.toString())
  })

  it('dmap adds up the same', async () => {
    const query = 'from STATS select count($line),max(currentConnections),avg(currentConnections) group by $hostname'
    const { stdout } = await ask('dmap', site.keys[0], '--noColor', '--query', query)
    expect(stdout.toString()).toMatch(/\n +40 \| +19500\.000000 \| +9750\.000000 \n/)
  })

  it('dtail shows what is written while it follows', async () => {
    const live = path.join(site.folder, `live-${client}-${server}.log`)
    writeFileSync(live, 'before\n')
    site.handOver()
    const writing = setInterval(() => appendFileSync(live, 'Hello\nBye\n'), 100)
    const { stdout } = await ask(
      'dtail',
      site.keys[0],
      '--files',
      live,
      '--grep',
      'Hello',
      '--plain',
      '--shutdownAfter',
      '4',
    ).finally(() => clearInterval(writing))
    expect(stdout.toString()).toContain('Hello\n')
    expect(stdout.toString()).not.toMatch(/before|Bye/)
  })

  it('dtailhealth finds the server well', async () => {
    const flags = client === 'F' ? ['--no-auth-key'] : []
    const { code, stdout } = await site.run(client, 'dtailhealth', ['--server', address, ...flags])
    expect([code, stdout.toString()]).toEqual([0, `OK: All fine at ${address} :-)\n`])
  })
})
