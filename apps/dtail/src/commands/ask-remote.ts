import { homedir, availableParallelism, userInfo } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '@logflow/cli'
import { systemClock } from '@logflow/core'
import type { Asking } from '../client/ask-server.ts'
import { askServers, type AskedServers, type FailedServer } from '../client/ask-servers.ts'
import type { AnswerSink, DeliverySink } from '../client/answer-sink.ts'
import { HostTrust } from '../client/host-trust.ts'
import { keepModest } from '../client/modest-memory.ts'
import { ownKeys } from '../client/own-keys.ts'
import { quantilesAsked } from '../client/quantiles-asked.ts'
import { commandsOf, commandsToResume } from '../client/question.ts'
import type { SourceLedger } from '../client/source-ledger.ts'
import { resolveServers, type ServerAddress } from '../client/server-list.ts'
import { testMode } from '../config/test-mode.ts'
import { BlockWriter } from '../output/block-writer.ts'
import type { LinePrinter } from '../output/line-printer.ts'
import { ConnectionStats } from '../interactive/connection-stats.ts'
import { HeldOutput } from '../interactive/held-output.ts'
import { hintAtInterrupt } from '../interactive/interrupt-hint.ts'
import { startControl } from '../interactive/start-control.ts'
import { isJournal } from '@logflow/tailer'
import { Limiter } from '../limiter.ts'
import type { WatchedReading } from '../output/read-progress.ts'
import { tellSources } from '../output/tell-sources.ts'
import { inTime, needsStages } from './stages.ts'
import type { Prepared } from './prepared.ts'

const NEWLINE = 10
const LINE_END = Uint8Array.of(NEWLINE)

/** What a server of DTail aggregates has no times any more. */
const NO_TIMES = 'this server cannot choose lines by time for a query'

/** Some server could not be asked, or broke off. */
const EXIT_SERVERS_FAILED = 3
/** Some part of a file is missing. */
const EXIT_MISSING = 4
/** Servers that are named at the end; more are counted. */
const MAX_NAMED = 20

/** Asks servers over SSH and prints what they answer, as it comes. */
export async function askRemote(prepared: Prepared): Promise<number> {
  const { name, run, question, query, progress, log, signal } = prepared
  if (question.files.length === 0) throw new UsageError('no files to read; name them with -files')
  const servers = serversOf(prepared)
  keepModest(servers.length)
  const trust = trustOf(prepared)
  const asking = await askingOf(prepared, trust)
  const started = run.options.interactiveQuery ? await startControl(prepared, servers.length) : undefined
  if (run.options.interactiveQuery && !started) return 1
  const control = started && { control: started.control, signal: AbortSignal.any([signal, started.signal]) }
  const stats = new ConnectionStats(servers.length)
  const stopWatching = watch(prepared, stats)
  try {
    const reconnect = name === 'dtail' && query?.outfile === undefined && question.timeoutSeconds === 0
    const watched = {
      stats,
      onLedger: progress && ((ledger: SourceLedger) => progress.watch(() => readingsOf(ledger))),
    }
    const { failed, sources } = await askAll(prepared, servers, { ...asking, ...watched, ...control }, { reconnect })
    const missing = tellSources(sources, { log, quiet: question.options.quiet === true, failed })
    if (failed.length === 0) return missing ? EXIT_MISSING : 0
    await tellFailed(prepared, failed, servers.length)
    return EXIT_SERVERS_FAILED
  } finally {
    stopWatching()
    started?.close()
    await trust.written()
  }
}

function trustOf({ run: { options, stderr }, log }: Prepared): HostTrust {
  return new HostTrust({
    path: testMode() ? './known_hosts' : join(homedir(), '.ssh', 'known_hosts'),
    trustAll: options.trustAllHosts,
    log,
    ask: text => stderr.write(text),
    answers: process.stdin,
  })
}

/** How far the sources of a server are. */
function readingsOf(ledger: SourceLedger): WatchedReading[] {
  return ledger.accounts().map(({ offset, size }) => ({ position: offset, size }))
}

/** Lines through stages where more is done with them than printing; what that is made of is loaded only then. */
async function askAll(
  prepared: Prepared,
  servers: readonly ServerAddress[],
  asking: Asking,
  how: { readonly reconnect: boolean },
): Promise<AskedServers> {
  if (!needsStages(prepared)) return askServers(servers, asking, how)
  const { askInStages } = await import('./ask-in-stages.ts')
  return askInStages(prepared, servers, asking, how)
}

/** Each was named when it failed, but that may have scrolled by. */
async function tellFailed({ log, json }: Prepared, failed: readonly FailedServer[], asked: number): Promise<void> {
  const named = failed.slice(0, MAX_NAMED).map(({ server, reason }) => `${server.name}: ${reason}`)
  const more = failed.length > MAX_NAMED ? [`and ${failed.length - MAX_NAMED} more, named above`] : []
  if (asked > 1) log.error(`${failed.length} of ${asked} servers failed`, ...named, ...more)
  for (const { server, reason } of failed)
    await json?.write({ kind: 'event', host: server.name, event: 'failed', detail: { message: reason } })
}

/** Tells a person how many servers are connected. Returns the function that ends it. */
function watch({ run: { stdout }, question, log, colors, signal }: Prepared, stats: ConnectionStats): () => void {
  const ended = new AbortController()
  const until = { clock: systemClock, signal: AbortSignal.any([signal, ended.signal]) }
  if (!question.options.quiet) void stats.log(log, until)
  const undo = stdout instanceof HeldOutput ? hintAtInterrupt({ stdout, stats, colors, ...until }) : undefined
  return () => {
    ended.abort(new Error('all is asked'))
    undo?.()
  }
}

function serversOf({ run: { options, given }, config }: Prepared): readonly ServerAddress[] {
  const servers = resolveServers(options.servers, {
    discovery: options.discovery,
    defaultPort: given.has('port') ? options.port : config.Common.SSHPort,
    random: Math.random,
  })
  if (servers.length === 0) throw new UsageError('no servers to ask; name them with -servers')
  return servers
}

/** What is asked, as whom, and where the answers go. */
async function askingOf(
  { run, config, question, query, range, log, printer, report, signal }: Prepared,
  trust: HostTrust,
): Promise<Asking> {
  const { options } = run
  const keys = await ownKeys({
    given: options.authKeyPath || options.key,
    configured: config.Client.AuthKeyPath,
    agentKeyIndex: options.agentKeyIndex,
    log,
  })
  const resumable = !question.query && question.timeoutSeconds === 0 && !question.files.some(isJournal)
  const registers = !options.noAuthKey && !config.Client.AuthKeyDisable
  return {
    commands: commandsOf(question),
    readsJournal: question.files.some(isJournal),
    quantiles: quantilesAsked(query),
    connection: {
      user: options.user ?? userInfo().username,
      auth: { identities: keys.identities },
      verifyHostKey: offered => trust.verify(offered),
      connectTimeoutMs: config.Common.SSHConnectTimeoutMs,
    },
    authKey: registers ? keys.authKey : undefined,
    throttle: new Limiter(options.connectionsPerCpu * availableParallelism()),
    sink: report ?? (run.stdout instanceof HeldOutput || options.interactiveQuery ? printer : printingSink(printer)),
    native: {
      resume: resumable ? points => commandsToResume(question, points) : undefined,
      follows: question.mode === 'tail',
      packings: ['zstd', 'gzip'],
      packAlways: false,
      plain: options.plain,
      ...(query && range && { commands: commandsOf(inTime({ range }, question)), only: NO_TIMES }),
    },
    log,
    signal,
  }
}

/** Straight to stdout where nothing is painted or made harmless. */
function printingSink(printer: LinePrinter): AnswerSink {
  if (!printer.untouched) return printer
  const writer = new BlockWriter(process.stdout)
  return {
    take: batch => printer.take(batch),
    lines: {
      plain: printer.plain,
      print(runs) {
        for (const run of runs) if (run.length > 0) writer.write(run)
        return writer.room()
      },
    },
    deliveries: printer.plain ? verbatim(writer) : formatted(writer, printer),
  }
}

/** Blocks as they lie in the file; the last line of a file gets its newline. */
function verbatim(writer: BlockWriter): DeliverySink {
  return {
    deliver: () => undefined,
    print({ bytes, open }) {
      if (bytes.length > 0) writer.write(bytes)
      if (!open && bytes[bytes.length - 1] !== NEWLINE) writer.write(LINE_END)
      return writer.room()
    },
    release: chunk => writer.discard(chunk),
  }
}

/** Lines with their headers. */
function formatted(writer: BlockWriter, printer: LinePrinter): DeliverySink {
  return {
    deliver(item, { name }) {
      if (item.kind === 'lines') writer.write(printer.format(item, name))
      return writer.room()
    },
  }
}
