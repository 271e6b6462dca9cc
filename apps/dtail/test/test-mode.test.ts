import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { site, type Site } from './programs.ts'

// Counterparts of what the integration suite of the fork looks for and no other test of ours does, see tests/interop.

const STATS = 'INFO|1002-071143|1|stats.go:56|8|13|7|0.21|471h0m21s|MAPREDUCE:STATS|currentConnections='
const common = ['--cfg', 'none', '--trustAllHosts', '--noColor']

/** Keys, known hosts and logs lie in the working directory, as the suite has them; one server is enough for all. */
let here: Site & { readonly servers: readonly string[] }
const cleanups: (() => unknown)[] = []

beforeAll(async () => {
  const own = await site(
    { onTestFinished: clean => void cleanups.push(clean) },
    { DTAIL_INTEGRATION_TEST_RUN_MODE: 'yes' },
  )
  await writeFile(join(own.folder, 'id_rsa'), await readFile(own.key), { mode: 0o600 })
  await writeFile(join(own.folder, 'id_rsa.pub'), await readFile(`${own.key}.pub`))
  await writeFile(join(own.folder, 'ssh_host_key'), await readFile(join(own.folder, 'host_key')), { mode: 0o600 })
  const { port } = await own.serve()
  here = { ...own, servers: ['--servers', `localhost:${port}`] }
}, 60_000)
afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean()
})

describe('in test mode', { timeout: 60_000 }, () => {
  it('dcat cuts long lines, in both modes alike, for as many files as are named', async () => {
    await writeFile(join(here.folder, 'a.txt'), `short\n${'long '.repeat(500)}\nend\n`)
    const names = Array.from({ length: 20 }, () => 'a.txt').join(',')
    const local = await here.run('dcat', ['--cfg', 'none', '--plain', ...names.split(',')])
    const remote = await here.run('dcat', [...common, '--plain', ...here.servers, '--files', names])
    const lengths = local.stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => line.length)
    expect(lengths.slice(0, 5)).toEqual([5, 1024, 1024, 452, 3])
    expect(lengths).toHaveLength(100)
    // What the server says of it comes between the lines, as with the original.
    const sorted = (text: Buffer): string[] => {
      const all = text.toString().trimEnd().split('\n')
      return all.filter(line => !line.startsWith('WARN|')).sort()
    }
    expect(sorted(remote.stdout)).toEqual(sorted(local.stdout))
    expect([local.code, remote.code]).toEqual([0, 0])
  })

  it('dgrep stops at a number of matches without complaint, and says who it is', async () => {
    await writeFile(join(here.folder, 'a.txt'), 'x 1\nhit 2\nhit 3\nhit 4\n')
    const args = [...common, ...here.servers, '--files', 'a.txt', '--grep', 'hit', '--max', '2', '--logLevel', 'error']
    const { code, stdout, stderr } = await here.run('dgrep', args)
    expect([code, stderr]).toEqual([0, ''])
    const line = (number: number): string => `REMOTE|integrationtest|100|${number}|a.txt|hit ${number}\n`
    expect(stdout.toString()).toBe(line(2) + line(3))
  })

  it('dmap appends to a file, once with its header', async () => {
    await writeFile(join(here.folder, 'a.log'), `${STATS}3\n${STATS}4\n`)
    const query = 'from STATS select count($line) group by $hostname outfile append out.csv'
    for (let run = 0; run < 2; run++)
      expect(await here.run('dmap', [...common, ...here.servers, '--files', 'a.log', '--query', query])).toMatchObject({
        code: 0,
      })
    expect(await readFile(join(here.folder, 'out.csv'), 'utf8')).toBe('count($line)\n2\n2\n')
  })

  it('dcat keeps what it shows out of its own log, unless told otherwise', async () => {
    await writeFile(join(here.folder, 'a.txt'), 'payload\n')
    const logged = async (...flags: readonly string[]): Promise<string> => {
      const folder = join(here.folder, `log${flags.length}`)
      const log = ['--logger', 'fout', '--logDir', folder, '--logLevel', 'debug', ...flags]
      expect((await here.run('dcat', [...common, ...here.servers, ...log, '--files', 'a.txt'])).code).toBe(0)
      const [file = ''] = await readdir(folder)
      return readFile(join(folder, file), 'utf8')
    }
    const without = await logged()
    expect(without).toContain('integrationtest')
    expect(without).not.toContain('payload')
    expect(await logged('--log-payload')).toContain('payload')
  })

  it('dtailhealth says in words and numbers what is wrong', async () => {
    const wrong = await here.run('dtailhealth', ['--server', 'example:1'])
    expect([wrong.code, wrong.stdout.toString()]).toEqual([
      2,
      'CRITICAL: DTail server not operating properly at example:1!\n',
    ])
    const nothing = await here.run('dtailhealth', [])
    expect([nothing.code, nothing.stdout.toString()]).toEqual([
      1,
      expect.stringMatching(/^WARNING: All seems fine but/),
    ])
  })
})
