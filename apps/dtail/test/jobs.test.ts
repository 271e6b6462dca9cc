import { appendFile, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { site, type Site } from './programs.ts'

const line = (name: string, fields: string): string =>
  `INFO|1121-030405|1|a.ts:1|1|1|1|0.1|1h0m0s|MAPREDUCE:${name}|${fields}\n`

/** A configuration of dserver with jobs. */
async function configure(here: Site, jobs: object): Promise<string> {
  const path = join(here.folder, 'jobs.json')
  const config = JSON.parse(await readFile(join(here.folder, 'dserver.json'), 'utf8')) as { Server: object }
  await writeFile(path, JSON.stringify({ ...config, Server: { ...config.Server, ...jobs } }))
  return path
}

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

describe('the jobs of dserver', () => {
  it('write a scheduled query once, through the server itself', async t => {
    const here = await site(t)
    await writeFile(join(here.folder, 'a.log'), line('ORDERS', 'price=3') + line('ORDERS', 'price=4'))
    const job = {
      Name: 'nightly',
      Enable: true,
      AllowFrom: ['localhost'],
      TimeRange: [0, 24],
      Files: 'a.log',
      Query: 'from ORDERS select count($line),sum(price) group by $hostname',
      Outfile: 'out.csv',
    }
    const cfg = await configure(here, { Schedule: [job] })
    const server = await here.serve('--cfg', cfg, '--logger', 'stdout')
    await expect.poll(() => text(join(here.folder, 'out.csv'))).toBe('count($line),sum(price)\n2,7.000000\n')
    expect(await text(join(here.folder, 'out.csv.query'))).toBe(`${job.Query} outfile out.csv`)
    const { stdout } = await server.stop()
    expect(stdout.toString()).toMatch(/INFO\|\d+-\d+\|Starting job nightly\n/)
  })

  it('write what a continuous query finds in an interval, and keep the last one at the end', async t => {
    const here = await site(t)
    const [log, out] = [join(here.folder, 'live.log'), join(here.folder, 'live.csv')]
    await writeFile(log, '')
    const job = {
      Name: 'live',
      Enable: true,
      AllowFrom: ['localhost'],
      Files: log,
      Query: 'from ORDERS select max(price) group by $hostname interval 1',
      Outfile: out,
    }
    const server = await here.serve('--cfg', await configure(here, { Continuous: [job] }))
    const writing = setInterval(() => void appendFile(log, line('ORDERS', 'price=5')), 50)
    t.onTestFinished(() => clearInterval(writing))
    await expect.poll(() => text(out)).toBe('max(price)\n5.000000\n')
    expect(await server.stop()).toMatchObject({ code: 0 })
    expect(await text(out)).toBe('max(price)\n5.000000\n')
  })

  it('leave no outfile behind when nobody could be asked', async t => {
    const here = await site(t)
    const job = {
      Name: 'nightly',
      Enable: true,
      AllowFrom: [],
      TimeRange: [0, 24],
      Files: 'a.log',
      Query: 'from ORDERS select count($line)',
      Outfile: 'out.csv',
    }
    const cfg = await configure(here, { Schedule: [job] })
    const log = join(here.folder, 'log')
    await here.serve('--cfg', cfg, '--logger', 'file', '--logDir', log)
    const day = new Date()
    const two = (value: number): string => String(value).padStart(2, '0')
    const name = `${day.getFullYear()}${two(day.getMonth() + 1)}${two(day.getDate())}.log`
    await expect
      .poll(() => text(join(log, name)))
      .toMatch(/user DTAIL-SCHEDULE@127\.0\.0\.1:\d+ not authorized[^]*nightly\|Job exited with status 1\n/)
    await expect(stat(join(here.folder, 'out.csv'))).rejects.toThrow('ENOENT')
  })
})
