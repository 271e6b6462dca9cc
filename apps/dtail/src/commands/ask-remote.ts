import { homedir, availableParallelism, userInfo } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '@logflow/cli'
import { systemClock } from '@logflow/core'
import type { Asking } from '../client/ask-server.ts'
import { askServers } from '../client/ask-servers.ts'
import type { AnswerSink } from '../client/ask-server.ts'
import { HostTrust } from '../client/host-trust.ts'
import { ownKeys } from '../client/own-keys.ts'
import { commandsOf } from '../client/question.ts'
import { resolveServers, type ServerAddress } from '../client/server-list.ts'
import { testMode } from '../config/test-mode.ts'
import { BlockWriter } from '../output/block-writer.ts'
import type { LinePrinter } from '../output/line-printer.ts'
import { ConnectionStats } from '../interactive/connection-stats.ts'
import { HeldOutput } from '../interactive/held-output.ts'
import { hintAtInterrupt } from '../interactive/interrupt-hint.ts'
import { startControl } from '../interactive/start-control.ts'
import { isJournal } from '../journal/journal-unit.ts'
import { Limiter } from '../limiter.ts'
import type { Prepared } from './prepared.ts'

/** Some server could not be asked, or broke off. */
const EXIT_SERVERS_FAILED = 3

/** Asks servers over SSH and prints what they answer, as it comes. */
export async function askRemote(prepared: Prepared): Promise<number> {
  const { name, run, question, query, log, signal } = prepared
  if (question.files.length === 0) throw new UsageError('no files to read; name them with -files')
  const servers = serversOf(prepared)
  const asking = await askingOf(prepared)
  const started = run.options.interactiveQuery ? await startControl(prepared, servers.length) : undefined
  if (run.options.interactiveQuery && !started) return 1
  const control = started && { control: started.control, signal: AbortSignal.any([signal, started.signal]) }
  const stats = new ConnectionStats(servers.length)
  const stopWatching = watch(prepared, stats)
  try {
    const reconnect = name === 'dtail' && query?.outfile === undefined && question.timeoutSeconds === 0
    const { failed } = await askServers(servers, { ...asking, stats, ...control }, { reconnect })
    if (failed.length === 0) return 0
    if (servers.length > 1) log.error(`${failed.length} of ${servers.length} servers failed`)
    return EXIT_SERVERS_FAILED
  } finally {
    stopWatching()
    started?.close()
  }
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
async function askingOf({ run, config, question, log, printer, report, signal }: Prepared): Promise<Asking> {
  const { options, stderr } = run
  const keys = await ownKeys({
    given: options.authKeyPath || options.key,
    configured: config.Client.AuthKeyPath,
    agentKeyIndex: options.agentKeyIndex,
    log,
  })
  const trust = new HostTrust({
    path: testMode() ? './known_hosts' : join(homedir(), '.ssh', 'known_hosts'),
    trustAll: options.trustAllHosts,
    log,
    ask: text => stderr.write(text),
    answers: process.stdin,
  })
  const registers = !options.noAuthKey && !config.Client.AuthKeyDisable
  return {
    commands: commandsOf(question),
    readsJournal: question.files.some(isJournal),
    connection: {
      user: options.user ?? userInfo().username,
      auth: { identities: keys.identities },
      verifyHostKey: offered => trust.verify(offered),
      connectTimeoutMs: config.Common.SSHConnectTimeoutMs,
    },
    authKey: registers ? keys.authKey : undefined,
    throttle: new Limiter(options.connectionsPerCpu * availableParallelism()),
    sink: report ?? (run.stdout instanceof HeldOutput || options.interactiveQuery ? printer : printingSink(printer)),
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
  }
}
