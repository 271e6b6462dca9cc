import { once } from 'node:events'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { freePort } from '@logflow/testkit'
import { ended, site } from './programs.ts'

const lines = Array.from(
  { length: 20_000 },
  (_, i) => `${i} ${i % 100 === 0 ? 'ERROR' : 'info'} ${'x'.repeat((i % 50) + 1)}\n`,
).join('')
const common = ['--cfg', 'none', '--logger', 'stdout', '--user', 'paul', '--trustAllHosts']
const STATS = 'INFO|1002-071143|1|stats.go:56|8|13|7|0.21|471h0m21s|MAPREDUCE:STATS|currentConnections='

describe('dcat', () => {
  it('shows a file of a server to the byte, twice, the second time without the authorized_keys file', async t => {
    const here = await site(t)
    await writeFile(join(here.folder, 'a.log'), lines)
    const { port } = await here.serve()
    const args = [...common, '--plain', '--servers', `127.0.0.1:${port}`, '--files', join(here.folder, 'a.log')]
    const first = await here.run('dcat', args)
    expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining('Added hosts to known hosts file') })
    expect(first.stdout.toString()).toBe(lines)
    await writeFile(join(here.folder, 'paul.authorized_keys'), '')
    const second = await here.run(
      'dcat',
      args.filter(arg => arg !== '--trustAllHosts'),
    )
    expect(second).toMatchObject({ code: 0, stderr: '' })
    expect(second.stdout.toString()).toBe(lines)
  })

  it('ends with 3 and names the server that cannot be asked, after showing what the others have', async t => {
    const here = await site(t)
    await writeFile(join(here.folder, 'a.log'), 'one\n')
    const [{ port }, closed] = [await here.serve(), await freePort()]
    const servers = `127.0.0.1:${port},127.0.0.1:${closed}`
    const files = join(here.folder, 'a.log')
    const { code, stdout, stderr } = await here.run('dcat', [
      ...common,
      '--noColor',
      '--servers',
      servers,
      '--files',
      files,
    ])
    expect(code).toBe(3)
    expect(stdout.toString()).toBe('REMOTE|earth|100|1|a.log|one\n')
    expect(stderr).toContain(`CLIENT|earth|ERROR|127.0.0.1:${closed}|failed to dial TCP connection`)
    expect(stderr).toContain('1 of 2 servers failed')
  })

  it('does not trust a host that nobody vouches for', async t => {
    const here = await site(t)
    const { port } = await here.serve()
    const args = ['--cfg', 'none', '--user', 'paul', '--servers', `127.0.0.1:${port}`, '--files', '/a']
    const refused = await here.run('dcat', args)
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('Do you want to trust these hosts??') })
    const details = await here.run('dcat', args, 'what\nd\ny\n')
    expect(details.stderr).toContain(`[127.0.0.1]:${port} ssh-rsa `)
    expect(details).toMatchObject({ code: 0, stderr: expect.stringContaining('Added hosts') })
    expect(await here.run('dcat', args)).toMatchObject({ code: 0, stderr: '' })
  })

  it('reads the files of this machine, in order, and says when one is missing', async t => {
    const here = await site(t)
    await writeFile(join(here.folder, 'a.log'), lines)
    await writeFile(join(here.folder, 'b.log'), 'no newline')
    const { code, stdout } = await here.run('dcat', ['--cfg', 'none', '--plain', 'a.log', 'b.log', 'a.log'])
    expect(code).toBe(0)
    expect(stdout.toString()).toBe(`${lines}no newline\n${lines}`)
    const missing = await here.run('dcat', ['--cfg', 'none', '--logger', 'stdout', 'missing'])
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('No such file(s) to read|missing') })
  })
})

describe('dgrep', () => {
  it('finds the same here, on stdin and on a server', async t => {
    const here = await site(t)
    await writeFile(join(here.folder, 'a.log'), lines)
    const { port } = await here.serve()
    const search = ['--plain', '--grep', 'ERROR x+', '--before', '1', '--max', '20']
    const local = await here.run('dgrep', ['--cfg', 'none', ...search, 'a.log'])
    const piped = await here.run('dgrep', ['--cfg', 'none', ...search], lines)
    const files = join(here.folder, 'a*.log')
    const remote = await here.run('dgrep', [...common, ...search, '--servers', `127.0.0.1:${port}`, '--files', files])
    expect(local.stdout.toString().split('\n')).toHaveLength(40)
    expect(piped.stdout).toEqual(local.stdout)
    expect(remote.stdout).toEqual(local.stdout)
  })

  it('ends with 2 and says why for what it cannot do', async t => {
    const here = await site(t)
    const refused: [string[], string][] = [
      [['--grep', '(', 'x'], 'is no pattern'],
      [['--interactive-query', 'x'], 'needs -servers'],
      [['--servers', 'a', '--discovery', 'etcd', 'x'], 'no such server discovery module'],
      [['--servers', 'a'], 'no files to read'],
      [['--files', 'a b'], 'cannot carry a file name with a space'],
      [['--cfg', '/nowhere', 'x'], 'Unable to read config file'],
      [['--logLevel', 'loud', 'x'], 'unknown log level'],
    ]
    for (const [args, message] of refused)
      expect(await here.run('dgrep', args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })
})

describe('dmap', () => {
  it('adds up the groups of several servers, and writes them as a table and as CSV', async t => {
    const here = await site(t)
    await writeFile(join(here.folder, 'a.log'), `${STATS}3\nnoise\n${STATS}4\n`)
    const ports = [(await here.serve()).port, (await here.serve()).port]
    const query = 'from STATS select count($line),max(currentConnections) group by $loadavg'
    const servers = ports.map(port => `127.0.0.1:${port}`).join(',')
    const args = [...common, '--noColor', '--servers', servers, '--files', join(here.folder, 'a.log'), '--query']
    const table = await here.run('dmap', [...args, query])
    expect(table.stdout.toString()).toContain(
      ' count($line) | max(currentConnections) \n--------------|-------------------------\n            4 |                4.000000 \n',
    )
    const path = join(here.folder, 'out.csv')
    expect(await here.run('dmap', [...args, `${query} outfile ${path}`])).toMatchObject({ code: 0 })
    expect(await readFile(path, 'utf8')).toBe('count($line),max(currentConnections)\n4,4.000000\n')
    expect(await readFile(`${path}.query`, 'utf8')).toBe(`${query} outfile ${path}`)
  })

  it('answers from this machine, too', async t => {
    const here = await site(t)
    const query = 'select sum(n) group by k limit 1 logformat generickv'
    const { stdout } = await here.run('dmap', ['--cfg', 'none', '--noColor', '--query', query], 'k=a|n=1\nk=a|n=2\n')
    expect(stdout.toString()).toContain(' sum(n)   \n----------\n 3.000000 \n'.replace(' sum(n)   ', '   sum(n) '))
  })

  it('fails when the file for the result cannot be written', async t => {
    const here = await site(t)
    const query = 'select count($line) outfile /nowhere/x.csv'
    const { code, stderr } = await here.run('dmap', ['--cfg', 'none', '--logger', 'none', '--query', query], 'x\n')
    expect([code, stderr]).toEqual([1, expect.stringContaining('cannot write outfile /nowhere/x.csv: ENOENT')])
  })

  it('wants a query', async t => {
    const here = await site(t)
    const wanted = { code: 2, stderr: expect.stringContaining('No mapreduce query specified') }
    expect(await here.run('dmap', ['--cfg', 'none', 'a.log'])).toMatchObject(wanted)
    expect(await here.run('dmap', ['--query', 'select'])).toMatchObject({ code: 2 })
  })
})

describe('dtail', () => {
  it('follows on a server, comes back when the server does, and ends with 0 when told to', async t => {
    const here = await site(t)
    const path = join(here.folder, 'live.log')
    await writeFile(path, 'old\n')
    const first = await here.serve()
    const args = [...common, '--plain', '--servers', `127.0.0.1:${first.port}`, '--files', path, '--grep', 'Hello']
    const dtail = here.start('dtail', args)
    const done = ended(dtail)
    const heard = (text: string): Promise<void> => until(dtail.stdout, text)
    const told = (text: string): Promise<void> => until(dtail.stderr, text)
    const again = told('Connected again')
    const writing = setInterval(() => void appendFile(path, 'Hello\nBye\n'), 50)
    t.onTestFinished(() => clearInterval(writing))
    await heard('Hello')
    const lost = told('Reconnecting in')
    await first.stop()
    await lost
    await here.serve('--port', String(first.port))
    await again
    await heard('Hello')
    dtail.kill('SIGINT')
    const { code, stdout } = await done
    expect(code).toBe(0)
    expect(stdout.toString()).toMatch(/^(Hello\n)+$/)
  })

  it('ends when its time is up', async t => {
    const here = await site(t)
    await writeFile(join(here.folder, 'a.log'), '')
    const { code } = await here.run('dtail', ['--cfg', 'none', '--shutdownAfter', '1', 'a.log'])
    expect(code).toBe(0)
  })

  it('shows its colours', async t => {
    const here = await site(t)
    const { stdout } = await here.run('dtail', ['--colorTable'])
    expect(stdout.length).toBe(58_752)
  })
})

describe('dtailhealth', () => {
  it('says how a server is, in a line and a number', async t => {
    const here = await site(t)
    const { port } = await here.serve()
    const well = await here.run('dtailhealth', ['--server', `127.0.0.1:${port}`])
    expect([well.code, well.stdout.toString()]).toEqual([0, `OK: All fine at 127.0.0.1:${port} :-)\n`])
    const gone = await here.run('dtailhealth', ['--server', `127.0.0.1:${await freePort()}`])
    expect([gone.code, gone.stdout.toString().slice(0, 9)]).toEqual([2, 'CRITICAL:'])
    const none = await here.run('dtailhealth', [])
    expect([none.code, none.stdout.toString().slice(0, 8)]).toEqual([1, 'WARNING:'])
  })
})

describe('dserver', () => {
  it('does not start as root unless told to', async t => {
    const here = await site(t)
    const root = process.getuid?.() === 0
    const child = here.start('dserver', ['--cfg', join(here.folder, 'dserver.json'), '--port', '0', '--logger', 'none'])
    if (!root) {
      await until(child.stderr, 'server.listening')
      return
    }
    const { code, stderr } = await ended(child)
    expect(code).toBe(2)
    expect(stderr).toContain('Not allowed to run as UID 0')
  })

  it('stops after its time, having begun with its version', async t => {
    const here = await site(t)
    const args = ['--cfg', 'none', '--port', '0', '--allow-root', '--logger', 'stdout', '--shutdownAfter', '1']
    await writeFile(join(here.folder, 'dtail.json'), JSON.stringify({ Server: { HostKeyFile: 'host_key' } }))
    const { code, stdout } = await here.run('dserver', [...args, '--cfg', 'dtail.json'])
    expect(code).toBe(0)
    // Where the addon is not built, as in a fresh checkout, a warning about access control lists comes first.
    expect(stdout.toString()).toMatch(/^DTail \S+ Protocol 4\.1 Have a lot of fun!\n(WARN\|.*\n)?INFO\|\d{4}-\d{6}\|/)
  })
})

/** Resolves when `text` comes from now on. */
async function until(stream: NodeJS.ReadableStream | null, text: string): Promise<void> {
  let seen = ''
  while (stream && !seen.includes(text)) {
    const [chunk] = (await once(stream, 'data')) as [Buffer]
    seen += chunk.toString()
  }
}
