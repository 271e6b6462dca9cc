import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Site, type Ended, type Whose } from './sites.ts'

/** Folder with `F/` and `O/`: programs of snonux/dtail and mimecast/dtail, built with Go. See README.md. */
const peers = process.env['LOGFLOW_PEERS']
const originals = peers === undefined ? [] : (['F', 'O'] as const).filter(name => existsSync(path.join(peers, name)))
if (originals.length < 2) {
  const missing = (['F', 'O'] as const).filter(name => !originals.includes(name)).join(' and ')
  console.warn(
    `\n*** NOT CHECKED: our DTail programs together with ${missing} of the Go ones, see tests/interop/README.md ***\n`,
  )
}

const everybody: readonly Whose[] = [...originals, 'N']
const matrix = everybody.flatMap(server => everybody.map(client => [client, server] as const))
const site = new Site(peers)
const log = path.join(site.folder, 'a.log')
const odd = path.join(site.folder, 'odd.log')
const STATS = 'INFO|1002-071143|1|stats.go:56|8|13|7|0.21|471h0m21s|MAPREDUCE:STATS|currentConnections='
const QUERY = 'from STATS select count($line),max(currentConnections),avg(currentConnections) group by $hostname'

/** What the first pair of the matrix printed, which the others have to print to the byte: the originals, where they are. */
const printed = new Map<string, string>()
function likeTheFirst(what: string, stdout: Buffer): void {
  // The original says how many of the last hundred lines it sent, in three columns; all others say 100.
  const text = stdout.toString('latin1').replace(/^(REMOTE\|earth\|)[ \d]{3}\|/gm, '$1100|')
  if (!printed.has(what)) printed.set(what, text)
  expect(text.length).toBe(printed.get(what)?.length)
  expect(text === printed.get(what)).toBe(true)
}

beforeAll(() => {
  let text = ''
  for (let i = 0; i < 20_000; i++) {
    text +=
      i % 500 === 0 ? `${STATS}${i}\n` : `${i} ${i % 97 === 0 ? 'ERROR' : 'info'} h${i % 7} ${'x'.repeat(i % 120)}\n`
  }
  writeFileSync(log, text)
  writeFileSync(odd, Buffer.concat([Buffer.from('5 € each\r\n\n'), Buffer.of(0xff, 0, 10), Buffer.from('.dot\nend\n')]))
  site.handOver()
})
afterAll(() => {
  site.stop()
  rmSync(site.folder, { recursive: true, force: true })
})

describe.each(matrix)('client of %s, server of %s', (client, server) => {
  let address = ''
  beforeAll(async () => (address = await site.serve(server)))

  // The original takes the registration of a key for the last command, and may close before it reads the others.
  const common = [
    ...['--cfg', 'none', '--logger', 'stdout', '--logLevel', 'error', '--trustAllHosts', '--user', 'paul'],
    ...(client === 'F' && server === 'O' ? ['--no-auth-key'] : []),
  ]
  const asking = (...args: readonly string[]): readonly string[] => [...common, '--servers', address, ...args]
  const ask = (program: string, ...args: readonly string[]): Promise<Ended> =>
    site.run(client, program, asking('--key', site.keys[0], '--files', log, ...args))

  it.each(['RSA', 'ECDSA', 'Ed25519'])('dcat shows the file to the byte, logged in with a key of %s', async kind => {
    const key = site.keys[['RSA', 'ECDSA', 'Ed25519'].indexOf(kind)] as string
    const { code, stdout, stderr } = await ask('dcat', '--plain', '--key', key)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.equals(readFileSync(log))).toBe(true)
  })

  it('dcat shows host, number and source of each line', async () => {
    const { stdout } = await ask('dcat', '--noColor')
    likeTheFirst('dcat', stdout)
    const lines = stdout.toString().trimEnd().split('\n')
    expect(lines).toHaveLength(20_000)
    expect(lines.at(-1)).toMatch(/^REMOTE\|earth\|[ \d]{3}\|20000\|a\.log\|19999 /)
  })

  it.each([
    ['', ['--grep', 'ERROR h[23] ']],
    [' the other lines', ['--grep', 'info', '--invert']],
    [' a literal', ['--grep', 'ERROR h3']],
    [' any case', ['--grep', '(?i)error H3']],
  ])('dgrep finds%s what grep would find', async (_what, args) => {
    const { code, stdout } = await ask('dgrep', '--plain', ...args)
    const pattern = new RegExp((args[1] as string).replace('(?i)', ''), args[1]?.startsWith('(?i)') ? 'i' : '')
    const wanted = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .filter(line => pattern.test(line) !== args.includes('--invert'))
    expect(code).toBe(0)
    expect(stdout.toString().trimEnd().split('\n')).toEqual(wanted)
  })

  it.each([
    ['before and after', ['--before', '2', '--after', '1']],
    ['up to a number of matches', ['--before', '2', '--after', '1', '--max', '3']],
    ['after only, overlapping', ['--after', '300']],
  ])('dgrep shows the same context: %s', async (what, args) => {
    const { stdout } = await ask('dgrep', '--noColor', '--grep', 'ERROR h3', ...args)
    likeTheFirst(`context ${what}`, stdout)
    expect(stdout.length).toBeGreaterThan(100)
  })

  it('dmap adds up the same', async () => {
    const { stdout } = await ask('dmap', '--noColor', '--query', QUERY)
    likeTheFirst('dmap', stdout)
    expect(stdout.toString()).toMatch(/\n +40 \| +19500\.000000 \| +9750\.000000 \n/)
  })

  it('dmap writes the same file', async () => {
    const file = path.join(site.folder, `out-${client}-${server}.csv`)
    const { code } = await ask('dmap', '--noColor', '--query', `${QUERY} outfile ${file}`)
    expect(code).toBe(0)
    likeTheFirst('csv', readFileSync(file))
  })

  it('dtail shows what is written while it follows', async () => {
    const live = path.join(site.folder, `live-${client}-${server}.log`)
    writeFileSync(live, 'before\n')
    site.handOver()
    const writing = setInterval(() => appendFileSync(live, 'Hello\nBye\n'), 100)
    const args = asking('--key', site.keys[0], '--files', live, '--grep', 'Hello', '--plain', '--shutdownAfter', '20')
    const { stdout } = await site
      .run(client, 'dtail', args, 'HelloHello|(Hello\n){2}')
      .finally(() => clearInterval(writing))
    // The fork sends no newline, and the original's client prints none then.
    expect(stdout.toString()).toMatch(client === 'O' && server === 'F' ? /^(Hello)+$/ : /^(Hello\n)+$/)
  })

  it('dcat tells what cannot be read, and ends well', async () => {
    const { code, stdout, stderr } = await ask('dcat', '--noColor', '--files', path.join(site.folder, 'missing'))
    expect(stdout.toString() + stderr).toContain('Unable to read file(s), check server logs')
    expect(code).toBe(0)
  })

  it('dcat shows odd bytes: whole between ours, else as the originals do', async () => {
    const { stdout } = await ask('dcat', '--plain', '--files', odd)
    if (client === 'N' && server === 'N') return expect(stdout.equals(readFileSync(odd))).toBe(true)
    // A line that begins with a dot is a secret message to the originals' clients, and lost.
    if (client === 'N') expect(stdout.toString()).toContain('.dot\n')
    const text = client === 'N' ? stdout.toString('latin1').replace('.dot\n', '') : stdout.toString('latin1')
    likeTheFirst(client === 'O' ? 'odd, shown by the original' : 'odd', Buffer.from(text, 'latin1'))
  })

  it('dtailhealth finds the server well', async () => {
    // The fork's own check registers a key first, which its own server takes for a bad command.
    const flags = client === 'F' && server !== 'N' ? ['--no-auth-key'] : []
    const { code, stdout } = await site.run(client, 'dtailhealth', ['--server', address, ...flags])
    expect([code, stdout.toString()]).toEqual([0, `OK: All fine at ${address} :-)\n`])
  })
})
