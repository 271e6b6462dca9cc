import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { startStatusServer, UsageError, type Run } from '@logflow/cli'
import { nativeSupport } from '@logflow/sendfile-native'
import { serveDirectory, serveFile, type FileServer, type ServeOptions, type ServerStats } from '@logflow/serve'
import { openGrowingFile } from '@logflow/tailer'
import type { flags } from '../flags.ts'
import { warnAboutDescriptors } from '../descriptors.ts'
import { ignoreFile } from '../ignore-file.ts'
import { checkNotOwnLog } from '../own-log.ts'
import { allowList, readTls } from '../security.ts'

type TailsrvRun = Run<typeof flags>

/** The file, or every file of the directory, to whoever connects, until it is gone or the program is stopped. */
export async function serve(run: TailsrvRun): Promise<void> {
  const path = run.operands[0] ?? '.'
  const options = serveOptions(run)
  warnAboutOriginals(run)
  warnAboutDescriptors(run.options.maxClients, run.logger)
  try {
    await (isDirectory(path) ? serveFolder(path, options, run) : serveOne(path, options, run))
  } catch (error) {
    throw isOptionError(error) ? new UsageError(error.message) : error
  }
}

/** What a library says about a value that came from the command line: an address that is none, a key that does not fit. */
function isOptionError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  return error instanceof RangeError || ((error as NodeJS.ErrnoException).code ?? '').startsWith('ERR_OSSL')
}

async function serveOne(path: string, options: ServeOptions, run: TailsrvRun): Promise<void> {
  checkNotOwnLog(path)
  if (run.options.defaultFile !== undefined) throw new UsageError('--default-file is for a directory')
  if (!existsSync(path)) run.logger.warn({ event: 'file.awaited', path }, 'not there yet: clients wait for it with us')
  const waiting = new AbortController()
  // Clients may connect before the file is there, and wait with it.
  const file = openGrowingFile(path, { wait: true, followName: run.options.followName, signal: waiting.signal })
  try {
    await using server = await serveFile(file, options)
    await untilStopped(server, path, run)
  } finally {
    waiting.abort()
    await file.then(
      opened => opened.close(),
      () => {}, // never opened: `server.closed` has said why
    )
  }
}

async function serveFolder(path: string, options: ServeOptions, run: TailsrvRun): Promise<void> {
  await using server = await serveDirectory(path, {
    ...options,
    openFile: realPath => openGrowingFile(realPath, { followName: run.options.followName }),
    loadIgnoreRule: ignoreFile(path),
    defaultFile: run.options.defaultFile,
  })
  await untilStopped(server, path, run)
}

async function untilStopped(server: FileServer, path: string, { options, logger, signal }: TailsrvRun): Promise<void> {
  const status =
    options.statusPort === undefined
      ? undefined
      : await startStatusServer({
          program: 'tailsrv',
          port: options.statusPort,
          stats: () => ({ ...server.stats() }),
          health: () => (server.stats().files === 0 && !isDirectory(path) ? 'the file is not there yet' : undefined),
          logger,
        })
  logger.info({ event: 'engine.chosen', engine: server.engine, reason: nativeSupport().reason })
  logger.info({ event: 'server.listening', port: server.port, address: options.bindAddress, path })
  try {
    const stopped = signal.aborted ? 'signal' : once(signal, 'abort').then(() => 'signal' as const)
    const reason = await Promise.race([server.closed, stopped])
    logger.info({ event: 'server.stopping', reason, readers: server.stats().readers })
    await server.close()
  } finally {
    logger.info({ event: 'server.stopped', ...happened(server.stats()) })
    await status?.close()
  }
}

/** What a person wants to know at the end: the counters that counted. */
function happened(stats: ServerStats): Partial<ServerStats> {
  return Object.fromEntries(Object.entries(stats).filter(([, count]) => count !== 0))
}

function serveOptions({ options, logger }: TailsrvRun): ServeOptions {
  if (options.followName && options.lingerAfterFileIsGone)
    throw new UsageError('--follow-name and --linger-after-file-is-gone exclude each other')
  return {
    port: options.port,
    host: options.bindAddress,
    engine: options.engine,
    rotation: options.followName ? 'follow' : options.lingerAfterFileIsGone ? 'linger' : 'close',
    tls: readTls(options),
    allow: allowList(options),
    limits: {
      maxClients: options.maxClients,
      maxClientsPerAddress: options.maxClientsPerAddress,
      stallTimeoutMs: options.stallTimeout,
      headerTimeoutMs: options.headerTimeout,
      maxHeaderBytes: options.maxHeaderBytes,
      drainMs: options.drainTimeout,
    },
    logger,
  }
}

function warnAboutOriginals({ options, logger }: TailsrvRun): void {
  if (process.env.NOTIFY_SOCKET)
    logger.warn(
      { event: 'systemd-notify.unsupported' },
      'readiness is not announced: use Type=exec, or ExecStartPost that connects to the port',
    )
  if (options.journald)
    logger.info({ event: 'journald.ignored' }, 'the log goes to stderr, which systemd writes to the journal')
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
