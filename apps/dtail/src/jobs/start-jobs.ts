import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@logflow/core'
import { KnownHosts, sameKey, type OfferedHostKey, type PublicKey } from '@logflow/ssh'
import { testMode } from '../config/test-mode.ts'
import type { DtailLog } from '../output/dtail-log.ts'
import type { Jobs } from './job.ts'
import { runContinuous } from './run-continuous.ts'
import { createJobRunner } from './run-job.ts'
import { runScheduled } from './run-scheduled.ts'

/** What jobs need of the server that runs them. */
export interface JobsHost {
  readonly address: string
  readonly port: number
  readonly hostKey: PublicKey
  readonly connectTimeoutMs: number
  readonly clock: Clock
  readonly log: DtailLog
}

/** Jobs under way. */
export interface StartedJobs {
  /** Stops them all; resolves when their last reports are written. */
  close(): Promise<void>
}

/** Starts the jobs of a server that listens already. */
export function startJobs(jobs: Jobs, host: JobsHost): StartedJobs {
  const { log, clock, port, connectTimeoutMs } = host
  const stopping = new AbortController()
  const run = createJobRunner({
    log,
    ownServer: ownServer(host),
    defaultPort: port,
    connectTimeoutMs,
    verifyHostKey: offered => trusts(offered, host),
  })
  const running = { clock, log, signal: stopping.signal, run }
  const ended = Promise.all([
    jobs.scheduled.length > 0 && runScheduled(jobs.scheduled, running),
    jobs.continuous.length > 0 && runContinuous(jobs.continuous, running),
  ])
  return {
    async close() {
      stopping.abort(new Error('the server stops'))
      await ended
    },
  }
}

/** A server that listens everywhere is reached from here. */
function ownServer({ address, port }: JobsHost): string {
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Nobody is there to ask: our own key, a known one, and, as in the original, one that nobody ever saw. */
async function trusts(offered: OfferedHostKey, { hostKey, log }: JobsHost): Promise<boolean> {
  if (sameKey(offered.key, hostKey)) return true
  const path = testMode() ? './known_hosts' : join(homedir(), '.ssh', 'known_hosts')
  const trust = (await KnownHosts.open(path)).look(offered.host, offered.port, offered.key)
  if (trust === 'trusted' || trust === 'unknown') return true
  log.error(`${offered.host}:${offered.port}`, `Host key is ${trust}`, path)
  return false
}
