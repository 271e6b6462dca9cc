import type { Clock } from '@logflow/core'
import type { DtailLog } from '../output/dtail-log.ts'
import type { Job } from './job.ts'

/** How long after the start of the server jobs begin. */
export const FIRST_RUN_MS = 2000

/** Between two looks at what is to be run. */
export const PASS_MS = 60_000

/** A job with its dates filled in. */
export interface DueJob {
  readonly job: Job
  readonly files: string
  readonly outfile: string
}

/** Runs a job to its end, or until the signal aborts. Resolves with its status: 0 when all went well. */
export type RunJob = (due: DueJob, signal: AbortSignal) => Promise<number>

/** What the runners of both kinds work with. */
export interface JobRunning {
  readonly clock: Clock
  readonly log: DtailLog
  readonly signal: AbortSignal
  readonly run: RunJob
}

/** Tells how a job ended. */
export function logStatus(log: DtailLog, job: Job, status: number): void {
  log[status === 0 ? 'info' : 'warn'](job.name, `Job exited with status ${status}`)
}
