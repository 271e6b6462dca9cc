import { readFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { UsageError } from '@logflow/cli'
import { systemClock, type LogFields, type Logger } from '@logflow/core'
import { loadHostKey, openSshServer, type HostKey, type SshServer, type SshSession } from '@logflow/ssh'
import { loadConfig, expandHome } from '../config/load-config.ts'
import type { DtailConfig } from '../config/dtail-config.ts'
import { ownHostname, testMode } from '../config/test-mode.ts'
import type { serverFlags } from '../flags/server-flags.ts'
import { versionText } from '../flags/version-text.ts'
import { parseJobs } from '../jobs/job.ts'
import { createJobLogin, type JobLogin } from '../jobs/job-login.ts'
import { startJobs, type StartedJobs } from '../jobs/start-jobs.ts'
import { DtailLog, errorText, parseLevel, parseLogger } from '../output/dtail-log.ts'
import { paintLine } from '../output/paint-line.ts'
import { AuthKeyStore } from '../session/auth-key-store.ts'
import { createLogin } from '../session/login.ts'
import { openAclReader } from '../session/open-acl-reader.ts'
import { createServerContext, type ServerContext } from '../session/server-context.ts'
import { serveSession } from '../session/serve-session.ts'
import type { OptionValues, Output } from '@logflow/cli'

/** What dserver runs with. */
export interface ServeRun {
  readonly options: OptionValues<typeof serverFlags>
  readonly given: ReadonlySet<string>
  readonly logger: Logger
  readonly signal: AbortSignal
  readonly stdout: Output
}

const STATISTICS_MS = 10_000

/** How long sessions may go on when the server is told to stop; below the deadline of every program. */
const DRAIN_MS = 8000

/** dserver: opens the SSH server, serves sessions until told to stop. */
export async function serve({ options, given, logger, signal, stdout }: ServeRun): Promise<number> {
  if (!options.allowRoot) refuseRoot()
  const { config, warnings, notes } = await loadConfig(options.cfg)
  const jobs = parseJobs(config.Server)
  await stdout.write(versionText)
  const log = openLog(options, config)
  for (const warning of [...warnings, ...jobs.warnings]) log.warn(warning)
  for (const note of notes) log.info(note)
  const context = await openContext(config, log)
  const hostKey = await openHostKey(config, log)
  const server = await openServer(config, context, {
    hostKey,
    jobLogin: createJobLogin(jobs),
    host: options.bindAddress || config.Server.SSHBindAddress,
    port: given.has('port') ? options.port : config.Common.SSHPort,
  })
  // The log is opened for every line, so that a rotated file is noticed without being told.
  process.on('SIGHUP', () => log.info('Log is open'))
  log.info('Starting server', `${server.address}:${server.port}`)
  logger.info({ event: 'server.listening', port: server.port, address: server.address })
  const { SSHConnectTimeoutMs: connectTimeoutMs } = config.Common
  const { port, address } = server
  const started = startJobs(jobs, {
    address,
    port,
    hostKey: hostKey.publicKey,
    connectTimeoutMs,
    clock: systemClock,
    log,
  })
  await untilStopped(server, started, { context, signal, shutdownAfterSeconds: options.shutdownAfter })
  return 0
}

/** The original's refusal: whoever may log in could read what root can. */
function refuseRoot(): void {
  const hint = 'start it as another user, or with --allow-root'
  if (process.getuid?.() === 0) throw new UsageError(`Not allowed to run as UID 0: ${hint}`)
  if (process.getgid?.() === 0) throw new UsageError(`Not allowed to run as GID 0: ${hint}`)
}

function openLog(options: ServeRun['options'], { Common }: DtailConfig): DtailLog {
  const { people, file } = parseLogger(options.loggerName)
  return new DtailLog({
    level: parseLevel(options.level === 'info' ? Common.LogLevel : options.level),
    descriptor: people ? 1 : undefined,
    paint: options.color ? line => paintLine(line) : undefined,
    folder: file ? expandHome(options.logDir || Common.LogDir) : undefined,
    program: 'dserver',
    perDay: Common.LogRotation === 'daily',
  })
}

async function openContext({ Server }: DtailConfig, log: DtailLog): Promise<ServerContext> {
  const { AuthKeyEnabled, AuthKeyTTLSeconds: ttlSeconds, AuthKeyMaxPerUser: maxPerUser } = Server
  return createServerContext({
    hostname: ownHostname(),
    config: testMode() ? { ...Server, MaxLineLength: 1024 } : Server,
    log,
    clock: systemClock,
    readAcl: Server.UnixPermissions ? await openAclReader(log) : undefined,
    authKeys: AuthKeyEnabled ? new AuthKeyStore({ ttlSeconds, maxPerUser, clock: systemClock }) : undefined,
  })
}

async function openHostKey({ Server }: DtailConfig, log: DtailLog): Promise<HostKey> {
  const path = testMode() ? './ssh_host_key' : Server.HostKeyFile
  log.info('Reading private server RSA host key from file', path)
  return loadHostKey(path, { generateBits: Server.HostKeyBits, logger: log.asLogger() })
}

interface Listening {
  readonly host: string
  readonly port: number
  readonly hostKey: HostKey
  readonly jobLogin: JobLogin
}

async function openServer(
  { Server, Common }: DtailConfig,
  context: ServerContext,
  { host, port, hostKey, jobLogin }: Listening,
): Promise<SshServer> {
  const { log } = context
  const { KeyExchanges: keyExchanges, Ciphers: ciphers, MACs: macs } = Server
  return openSshServer({
    host,
    port,
    hostKeys: [hostKey],
    algorithms: { keyExchanges, ciphers, macs },
    limits: {
      maxConnections: Server.MaxConnections,
      maxConnectionsPerAddress: Server.MaxConnectionsPerAddress || Infinity,
      maxFailedLoginsPerMinutePerAddress: Server.MaxFailedLoginsPerMinute,
      loginTimeoutMs: Server.LoginTimeoutMs,
    },
    authenticate: createLogin(context, {
      cacheDir: Common.CacheDir,
      onlyFile: testMode() ? './id_rsa.pub' : undefined,
      jobLogin,
    }),
    onSession: (session: SshSession) => serveSession(session, context),
    logger: connectionLogger(log, Server.MaxConnections),
  })
}

/** What the SSH server says, in the words of the original. */
function connectionLogger(log: DtailLog, maxConnections: number): Logger {
  const logger = log.asLogger()
  const warn = (fields: LogFields, message?: string): void => {
    const { event, connections, preAuthConnections, err } = fields
    if (event === 'connection.refused') {
      const counts = `current=${String(connections)}, pre-auth=${String(preAuthConnections)}`
      log.warn(`Exceeded max allowed concurrent connections of ${maxConnections} (${counts})`)
    } else if (event === 'handshake.failed') log.warn('SSH handshake failed', errorText(err))
    else if (event === 'request.refused')
      log.warn('Closing SSH connection as unknown request received', String(fields['request']))
    else logger.warn(fields, message)
  }
  return { ...logger, warn }
}

interface Stopping {
  readonly context: ServerContext
  readonly signal: AbortSignal
  readonly shutdownAfterSeconds: number
}

async function untilStopped(
  server: SshServer,
  jobs: StartedJobs,
  { context, signal, shutdownAfterSeconds }: Stopping,
): Promise<void> {
  const { log, clock, sessions } = context
  const timer = setInterval(() => void logStatistics(server, log), STATISTICS_MS)
  const after = shutdownAfterSeconds > 0 ? [AbortSignal.timeout(shutdownAfterSeconds * 1000)] : []
  const ended = AbortSignal.any([signal, ...after])
  // A pending timeout of a signal keeps no process alive; the listening socket does.
  if (!ended.aborted)
    await new Promise<void>(resolve => ended.addEventListener('abort', () => resolve(), { once: true }))
  clearInterval(timer)
  log.info('Stopping server')
  await jobs.close()
  server.stopAccepting()
  // What follows files ends at once, with goodbye; what reads them to their ends gets some time for it.
  const drained = new AbortController()
  const late = clock.sleep(DRAIN_MS, drained).then(
    () => true,
    () => false,
  )
  void sessions.drain().then(() => drained.abort())
  if (await late) log.warn('Ending sessions that are not done', server.stats().connections)
  await server.close()
}

/** The line that `from STATS` queries read; a Go runtime would fill goroutines and cgocalls. */
async function logStatistics(server: SshServer, log: DtailLog): Promise<void> {
  const { connections, lifetimeConnections, preAuthConnections } = server.stats()
  log.info(
    process.pid,
    'serve.ts:1',
    availableParallelism(),
    0,
    0,
    (loadavg()[0] ?? 0).toFixed(2),
    await uptime(),
    'MAPREDUCE:STATS',
    `currentConnections=${connections}`,
    `lifetimeConnections=${lifetimeConnections}`,
    `preAuthConnections=${preAuthConnections}`,
  )
}

/** Time since boot as Go writes a duration: `471h0m21s`. Empty where it is not known. */
async function uptime(): Promise<string> {
  const text = await readFile('/proc/uptime', 'utf8').catch(() => '')
  const seconds = Math.floor(Number(text.split(' ')[0] ?? ''))
  if (text === '' || Number.isNaN(seconds)) return ''
  return `${Math.floor(seconds / 3600)}h${Math.floor(seconds / 60) % 60}m${seconds % 60}s`
}
