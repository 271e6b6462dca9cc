import { fillDates, localDay } from './fill-dates.ts'
import type { ContinuousJob } from './job.ts'
import { FIRST_RUN_MS, logStatus, PASS_MS, type JobRunning } from './job-running.ts'

const DAY_LOOK_MS = 1000

/** Keeps every enabled continuous job running, all at one time, until the signal aborts. */
export async function runContinuous(jobs: readonly ContinuousJob[], running: JobRunning): Promise<void> {
  const { log, clock, signal } = running
  log.info('Starting continuous job runner after 2s')
  await clock.sleep(FIRST_RUN_MS, { signal }).catch(() => {}) // told to stop while waiting
  for (const job of jobs) if (!job.enable) log.debug(job.name, 'Not running job as not enabled')
  await Promise.all(jobs.filter(job => job.enable).map(job => keepRunning(job, running)))
}

async function keepRunning(job: ContinuousJob, running: JobRunning): Promise<void> {
  const { clock, log, signal } = running
  while (!signal.aborted) {
    const restart = await runForToday(job, running)
    if (signal.aborted) return
    if (restart) continue // what is written meanwhile would be lost
    await clock.sleep(PASS_MS, { signal }).catch(() => {}) // told to stop while waiting
  }
  log.debug(job.name, 'Job is over')
}

/** One run. Returns whether the day changed, so that it is to begin again at once. */
async function runForToday(job: ContinuousJob, { clock, log, signal, run }: JobRunning): Promise<boolean> {
  const nowMs = clock.now()
  const [ended, newDay] = [new AbortController(), new AbortController()]
  const watching = AbortSignal.any([signal, ended.signal])
  const watch = job.restartOnDayChange ? untilNextDay(nowMs) : Promise.resolve()
  log.info(`Starting job ${job.name}`)
  const files = fillDates(job.files, nowMs)
  const outfile = fillDates(job.outfile, nowMs)
  const status = await run({ job, files, outfile }, AbortSignal.any([signal, newDay.signal]))
  ended.abort()
  await watch
  if (!signal.aborted) logStatus(log, job, status)
  return newDay.signal.aborted

  async function untilNextDay(startMs: number): Promise<void> {
    while (localDay(clock.now()) === localDay(startMs)) {
      await clock.sleep(DAY_LOOK_MS, { signal: watching }).catch(() => {}) // the run is over
      if (watching.aborted) return
    }
    log.info(`Canceling job ${job.name} due to day change`)
    newDay.abort(new Error('a new day'))
  }
}
