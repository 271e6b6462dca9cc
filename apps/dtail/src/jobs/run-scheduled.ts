import { stat } from 'node:fs/promises'
import { fillDates } from './fill-dates.ts'
import type { ScheduledJob } from './job.ts'
import { FIRST_RUN_MS, logStatus, PASS_MS, type JobRunning } from './job-running.ts'

/** Runs scheduled jobs whose hour it is and whose outfile is not there, one after another, until the signal aborts. */
export async function runScheduled(jobs: readonly ScheduledJob[], running: JobRunning): Promise<void> {
  const { log, clock, signal } = running
  log.info('Starting scheduled job runner after 2s')
  for (let waitMs = FIRST_RUN_MS; ; waitMs = PASS_MS) {
    await clock.sleep(waitMs, { signal }).catch(() => {}) // told to stop while waiting
    for (const job of jobs) {
      if (signal.aborted) return
      await runIfDue(job, running)
    }
    if (signal.aborted) return
  }
}

async function runIfDue(job: ScheduledJob, { log, clock, signal, run }: JobRunning): Promise<void> {
  const nowMs = clock.now()
  if (!job.enable) return void log.debug(job.name, 'Not running job as not enabled')
  const hour = new Date(nowMs).getHours()
  if (!job.hours || hour < job.hours.from || hour >= job.hours.to)
    return void log.debug(job.name, 'Not running job out of time range')
  const [files, outfile] = [fillDates(job.files, nowMs), fillDates(job.outfile, nowMs)]
  if (await exists(outfile)) return void log.debug(job.name, 'Not running job as outfile already exists', outfile)
  log.info(`Starting job ${job.name}`)
  const status = await run({ job, files, outfile }, signal)
  if (!signal.aborted) logStatus(log, job, status)
}

/** What cannot be looked at counts as there: a job must not overwrite what it cannot see. */
async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  )
}
