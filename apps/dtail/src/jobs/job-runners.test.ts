import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FakeClock, tempDir, type Cleanup } from '@logflow/testkit'
import { describe, expect, it } from 'vitest'
import { DtailLog } from '../output/dtail-log.ts'
import { parseJobs } from './job.ts'
import type { DueJob } from './job-running.ts'
import { runContinuous } from './run-continuous.ts'
import { runScheduled } from './run-scheduled.ts'

/** Collects what jobs were run and what the log was told. */
function runners(test: Cleanup, startMs = new Date(2026, 10, 21, 23, 58).getTime()) {
  const clock = new FakeClock(startMs)
  const stop = new AbortController()
  const [ran, told]: [DueJob[], string[]] = [[], []]
  const log = new DtailLog({ level: 'all' })
  for (const level of ['info', 'warn', 'debug'] as const) {
    log[level] = (...args) => (told.push(`${level} ${args.join('|')}`), '')
  }
  test.onTestFinished(async () => stop.abort(new Error('over')))
  return { clock, stop, ran, told, log, signal: stop.signal }
}

const scheduled = (outfile: string, ...jobs: object[]) =>
  parseJobs({
    Schedule: jobs.map(job => ({ Name: 'a', Enable: true, TimeRange: [0, 24], Outfile: outfile, ...job })),
    Continuous: [],
  }).scheduled

const continuous = (...jobs: object[]) =>
  parseJobs({ Schedule: [], Continuous: jobs.map(job => ({ Enable: true, ...job })) }).continuous

describe('runScheduled', () => {
  it('begins after two seconds, and runs a job again in a minute while its outfile is missing', async t => {
    const { clock, ran, told, ...running } = runners(t)
    const path = join(await tempDir(t), '$today.csv')
    const run = async (due: DueJob): Promise<number> => {
      ran.push(due)
      if (ran.length === 2) await writeFile(due.outfile, '')
      return 2 - ran.length
    }
    void runScheduled(scheduled(path, { Files: '$yesterday.log' }), { ...running, clock, run })
    await clock.advance(1999)
    expect(ran).toEqual([])
    await clock.advance(1)
    await expect.poll(() => ran).toMatchObject([{ files: '20261120.log', outfile: path.replace('$today', '20261121') }])
    await expect.poll(() => told).toContain('warn a|Job exited with status 1')
    await clock.advance(60_000)
    await expect.poll(() => told).toContain('info a|Job exited with status 0')
    // The clock stands at 23:59:02; what follows is before midnight.
    await clock.advance(50_000)
    expect(ran).toHaveLength(2)
    await clock.advance(10_000)
    await expect.poll(() => ran).toMatchObject([{}, {}, { outfile: path.replace('$today', '20261122') }])
  })

  it('passes over jobs that are off, out of their hours, or done', async t => {
    const { clock, told, ...running } = runners(t)
    const path = join(await tempDir(t), 'out.csv')
    await writeFile(path, '')
    const run = (): Promise<number> => Promise.reject(new Error('nothing is to be run'))
    const jobs = scheduled(path, { Name: 'off', Enable: false }, { Name: 'early', TimeRange: [0, 23] }, {})
    void runScheduled(jobs, { ...running, clock, run })
    await clock.advance(2000)
    await expect
      .poll(() => told)
      .toEqual([
        'info Starting scheduled job runner after 2s',
        'debug off|Not running job as not enabled',
        'debug early|Not running job out of time range',
        `debug a|Not running job as outfile already exists|${path}`,
      ])
  })
})

describe('runContinuous', () => {
  it('runs all at one time, each again a minute after it ended', async t => {
    const { clock, told, ran, ...running } = runners(t)
    const ends: ((status: number) => void)[] = []
    const run = (due: DueJob): Promise<number> => new Promise(end => (ran.push(due), ends.push(end)))
    const jobs = continuous({ Name: 'a' }, { Name: 'b' }, { Name: 'c', Enable: false })
    void runContinuous(jobs, { ...running, clock, run })
    await clock.advance(2000)
    expect(ran.map(({ job }) => job.name)).toEqual(['a', 'b'])
    ends[1]?.(3)
    await expect.poll(() => told).toContain('warn b|Job exited with status 3')
    await clock.advance(59_000)
    expect(ran).toHaveLength(2)
    await clock.advance(1000)
    expect(ran.map(({ job }) => job.name)).toEqual(['a', 'b', 'b'])
  })

  it('begins a job anew at midnight when asked to, with the names of the new day', async t => {
    const { clock, told, ran, ...running } = runners(t)
    const run = (due: DueJob, signal: AbortSignal): Promise<number> =>
      new Promise(end => (ran.push(due), signal.addEventListener('abort', () => end(0))))
    const jobs = continuous({ Name: 'a', Files: '$today.log', RestartOnDayChange: true }, { Name: 'b' })
    void runContinuous(jobs, { ...running, clock, run })
    await clock.advance(119_000)
    expect(ran.map(({ files }) => files)).toEqual(['20261121.log', ''])
    await clock.advance(2000)
    expect(ran.map(({ files }) => files)).toEqual(['20261121.log', '', '20261122.log'])
    expect(told).toContain('info Canceling job a due to day change')
  })

  it('ends when the server does', async t => {
    const { clock, stop, told, ran, ...running } = runners(t)
    const run = (due: DueJob, signal: AbortSignal): Promise<number> =>
      new Promise(end => (ran.push(due), signal.addEventListener('abort', () => end(0))))
    const ended = runContinuous(continuous({ Name: 'a' }), { ...running, clock, run })
    await clock.advance(2000)
    stop.abort(new Error('over'))
    await ended
    expect(ran).toHaveLength(1)
    expect(told).toEqual(['info Starting continuous job runner after 2s', 'info Starting job a'])
  })
})
