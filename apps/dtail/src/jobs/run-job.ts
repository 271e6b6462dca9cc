import type { Output } from '@logflow/cli'
import type { Query } from '@logflow/query'
import { askServers } from '../client/ask-servers.ts'
import { quantilesAsked } from '../client/quantiles-asked.ts'
import { commandsOf, type Question } from '../client/question.ts'
import { resolveServers } from '../client/server-list.ts'
import { isJournal } from '@logflow/tailer'
import { Limiter } from '../limiter.ts'
import { errorText, type DtailLog } from '../output/dtail-log.ts'
import { QueryReport } from '../output/query-report.ts'
import { availableParallelism } from 'node:os'
import { lineFilterPattern, parseQuery } from '@logflow/query'
import type { ConnectSshOptions } from '@logflow/ssh'
import { JOB_USERS } from './job.ts'
import type { DueJob, RunJob } from './job-running.ts'

/** What jobs need to ask servers. */
export interface JobConnection {
  readonly log: DtailLog
  /** The server that runs the jobs, for jobs that name no other. */
  readonly ownServer: string
  /** Port of servers that name none. */
  readonly defaultPort: number
  readonly connectTimeoutMs: number
  readonly verifyHostKey: ConnectSshOptions['verifyHostKey']
}

const CONNECTIONS_PER_CPU = 10

/** Every server failed, or the job makes no sense. */
const FAILED = 1
/** Some servers failed. */
const SOME_FAILED = 3

/**
 * Runs jobs as a client would: over SSH, to this server too. A scheduled job reports once, at its end, so that its
 * outfile is there exactly when it is done; a continuous one at every interval.
 */
export function createJobRunner(connection: JobConnection): RunJob {
  const throttle = new Limiter(CONNECTIONS_PER_CPU * availableParallelism())
  return async (due, signal) => {
    const { log } = connection
    try {
      return await ask(due, { connection, throttle, signal })
    } catch (error) {
      if (!signal.aborted) log.error(due.job.name, `Unable to create job ${due.job.name}`, errorText(error))
      return FAILED
    }
  }
}

interface Asked {
  readonly connection: JobConnection
  readonly throttle: Limiter
  readonly signal: AbortSignal
}

async function ask({ job, files, outfile }: DueJob, { connection, throttle, signal }: Asked): Promise<number> {
  const { log, ownServer, defaultPort, connectTimeoutMs, verifyHostKey } = connection
  const query = parseQuery(`${job.query} outfile ${outfile}`)
  const scheduled = job.kind === 'schedule'
  const report = reportOf(query, scheduled, log)
  const servers = resolveServers(job.servers.join(',') || ownServer, {
    discovery: job.discovery,
    defaultPort,
    random: Math.random,
  })
  const ended = new AbortController()
  const reporting = scheduled ? undefined : report.run(AbortSignal.any([signal, ended.signal]))
  // A report that cannot be written ends the job; the reason comes out below.
  reporting?.catch(error => ended.abort(error))
  const question = questionOf(query, files, scheduled)
  const { failed } = await askServers(
    servers,
    {
      commands: commandsOf(question),
      readsJournal: question.files.some(isJournal),
      quantiles: quantilesAsked(query),
      connection: {
        user: JOB_USERS[job.kind],
        auth: { password: job.name },
        verifyHostKey,
        connectTimeoutMs,
      },
      throttle,
      sink: report,
      log,
      signal: AbortSignal.any([signal, ended.signal]),
    },
    { reconnect: false },
  )
  report.finish()
  await reporting
  if (failed.length === servers.length) return FAILED
  if (scheduled && !signal.aborted) await report.report()
  return failed.length > 0 ? SOME_FAILED : 0
}

function questionOf(query: Query, files: string, scheduled: boolean): Question {
  return {
    mode: scheduled ? 'cat' : 'tail',
    files: files.split(',').map(path => path.trim()),
    pattern: lineFilterPattern(query),
    invert: false,
    options: { quiet: true },
    query: query.text,
    timeoutSeconds: 0,
  }
}

/** What is no group is a message of a server, and for the log. */
function reportOf(query: Query, cumulative: boolean, log: DtailLog): QueryReport {
  const printer = {
    async print(lines: Uint8Array): Promise<void> {
      log.warn(query.text, Buffer.from(lines).toString().trimEnd())
    },
  }
  return new QueryReport({ query, cumulative, stdout: nowhere, log, printer, colors: undefined })
}

/** With an outfile nothing goes to stdout. */
const nowhere: Output = {
  async write() {},
  isTerminal: false,
  colors: false,
  columns: 80,
  closed: false,
  onClosed() {},
}
