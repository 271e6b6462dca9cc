import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CAPABILITY_QUERY_UPDATE, encodeHidden, formatCapabilities } from '@logflow/protocol'
import { hostKeyFrom, openSshServer } from '@logflow/ssh'
import { describe, expect, it } from 'vitest'
import { site } from './programs.ts'
import { rsaKey } from './serving.ts'
import { atTerminal } from './terminal.ts'

const HEAD = 'INFO|1002-071143|1|stats.go:56|8|13|7|0.21|471h0m21s|MAPREDUCE:STATS|'
const log = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${HEAD}ms=${from + i}|host=h${i % 2}\n`).join('')
const common = ['--cfg', 'none', '--trustAllHosts', '--user', 'paul', '--logger', 'none', '--noColor']
const QUERY = 'from STATS select p50(ms),p95(ms),p99.9(ms),count(ms) group by host interval 600'

describe('quantiles', () => {
  it('are the same from many servers as from the whole on this machine, as a table and as CSV', async t => {
    const here = await site(t)
    const paths = [join(here.folder, 'a.log'), join(here.folder, 'b.log')]
    await writeFile(paths[0] as string, log(1, 400))
    await writeFile(paths[1] as string, log(400, 1000))
    const ports = [(await here.serve()).port, (await here.serve()).port]
    const servers = ports.map(port => `127.0.0.1:${port}`).join(',')
    const files = ['--files', paths.join(',')]
    const alone = await here.run('dmap', [...common, ...files, '--query', QUERY])
    const [, ...table] = alone.stdout.toString().split('\n')
    expect(table[0]?.replaceAll(' ', '')).toBe('p50(ms)|p95(ms)|p99.9(ms)|count(ms)')
    const fleet = await here.run('dmap', [...common, '--servers', servers, ...files, '--query', QUERY])
    // Both servers read both files: everything counts twice, and the quantiles stay.
    expect(fleet.stdout.toString().replaceAll(/ *\d+ $/gm, 'n ')).toBe(
      alone.stdout.toString().replaceAll(/ *\d+ $/gm, 'n '),
    )
    const path = join(here.folder, 'out.csv')
    await here.run('dmap', [...common, '--servers', servers, ...files, '--query', `${QUERY} outfile ${path}`])
    const [header, row = ''] = (await readFile(path, 'utf8')).split('\n')
    expect(header).toBe('p50(ms),p95(ms),p99.9(ms),count(ms)')
    const [p50 = NaN, p95 = NaN, , count] = row.split(',').map(Number)
    expect(Math.abs(p50 / 500 - 1)).toBeLessThan(0.015)
    expect(Math.abs(p95 / 950 - 1)).toBeLessThan(0.015)
    expect(count).toBe(1000)
  }, 60_000)

  it('are told of a file while it grows, and of another query after a reload', async t => {
    const here = await site(t)
    const path = join(here.folder, 'a.log')
    await writeFile(path, '')
    const { port } = await here.serve()
    const query = 'from STATS select p50(ms),count(ms) group by $hostname interval 1'
    const args = [...common, '--servers', `127.0.0.1:${port}`, '--files', path, '--query', query]
    const dtail = atTerminal(t, here, 'dtail', [...args, '--interactive-query'])
    await expect.poll(() => dtail.shown).toContain('Interactive query control enabled.')
    const writing = setInterval(() => void appendFile(path, log(1, 1000)), 50)
    t.onTestFinished(() => clearInterval(writing))
    // Half of what was written lies below 500, but for an error of 1.5 %.
    await expect.poll(() => dtail.shown).toMatch(/p50\(ms\)[^]*\n\s*(49[3-9]|50[0-7])(\.\d+)?\s*\|\s*\d+\s*\n/)
    dtail.press(`:reload --query "${query.replace('p50', 'p99')}"\n`)
    await expect
      .poll(() => dtail.shown)
      .toMatch(/reload applied successfully[^]*p99\(ms\)[^]*\n\s*(9[78]\d|99\d|100[0-4])(\.\d+)?\s*\|/)
    dtail.press(':quit\n')
    expect(await dtail.ended).toBe(0)
  })

  it('are not asked of a server that cannot tell them, which is said by name', async t => {
    const here = await site(t)
    const original = await openSshServer({
      host: '127.0.0.1',
      port: 0,
      hostKeys: [hostKeyFrom(rsaKey(), 'test')],
      authenticate: async () => true,
      onSession: async session => {
        await session.write(encodeHidden(formatCapabilities([CAPABILITY_QUERY_UPDATE])))
        await session.flush()
        for await (const _ of session.input) void _
      },
    })
    t.onTestFinished(() => original.close())
    const servers = ['--servers', `127.0.0.1:${original.port}`]
    const args = ['--cfg', 'none', '--trustAllHosts', '--user', 'paul', ...servers]
    const { code, stderr } = await here.run('dmap', [...args, '--files', '/var/log/x.log', '--query', QUERY])
    expect(code).toBe(3)
    expect(stderr).toContain('p50(ms), p95(ms), p99.9(ms): the server lacks the capability logflow-quantiles-v1')
    expect(stderr).toContain('count, sum, min, max, avg, last, len, percentage and percentile only')
  })

  it('tell where a query is wrong, and what was meant', async t => {
    const here = await site(t)
    const { code, stderr } = await here.run('dmap', ['--cfg', 'none', '--query', 'select cuont(ms)', 'x.log'])
    expect(code).toBe(2)
    expect(stderr).toContain("Can't parse mapr query: failed to parse query tokens: Invalid query: Unknown aggregation")
    expect(stderr).toMatch(/\(at character 8, expected count or .* or p99; did you mean count\?\)/)
  })
})
