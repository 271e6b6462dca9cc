import { fstatSync } from 'node:fs'
import { userInfo } from 'node:os'
import { UsageError } from '@logflow/cli'
import { systemClock, unknownDelivery, type LineBatch } from '@logflow/core'
import { compilePattern, select } from '@logflow/match'
import { formatPattern, parsePattern, type DtailPattern, type ReadCommand } from '@logflow/protocol'
import type { Aggregator } from '@logflow/query'
import { readStdin } from '@logflow/tailer'
import { expandHome } from '../config/load-config.ts'
import { ownHostname, testMode } from '../config/test-mode.ts'
import { DtailLog, parseLevel, parseLogger } from '../output/dtail-log.ts'
import type { LinePrinter } from '../output/line-printer.ts'
import { readFiles, type ReadSink } from '../session/read-files.ts'
import { createServerContext, type ServerContext } from '../session/server-context.ts'
import type { Prepared } from './prepared.ts'

/** Answers from the files of this machine, or from stdin, in this process: the server's own way without a network. */
export async function askHere(prepared: Prepared): Promise<number> {
  const { question, signal } = prepared
  const sink = await openSink(prepared)
  const context = openContext(prepared)
  const reader = { name: `${userInfo().username}@local(serverless)`, rules: context.rulesOf(userInfo().username) }
  const { pattern, invert, mode, options } = question
  const command = { kind: 'read' as const, mode, options, pattern: parsePattern(formatPattern({ pattern, invert })) }
  try {
    if (readsStdin(question.files)) await readInput({ ...command, path: '-' }, context, sink, signal)
    else if (question.files.length === 0) throw new UsageError('no files to read, and nothing on stdin')
    const reads = question.files.filter(path => path !== '-')
    await Promise.all(reads.map(path => readFiles({ command: { ...command, path }, reader, context, sink, signal })))
  } catch (error) {
    if (!signal.aborted) throw error
  }
  await sink.close()
  return sink.problems > 0 ? 1 : 0
}

/** A pipe or a file on stdin counts when no other file is named; a terminal or /dev/null never does. */
function readsStdin(files: readonly string[]): boolean {
  if (files.length > 0 && !files.includes('-')) return false
  return !fstatSync(0).isCharacterDevice()
}

function openContext({ config, run }: Prepared): ServerContext {
  const { people, file } = parseLogger(run.options.loggerName)
  const hostname = ownHostname()
  const level = parseLevel(run.options.level === 'info' ? 'warn' : run.options.level)
  return createServerContext({
    hostname,
    // One file after another, as they were named.
    config: { ...config.Server, MaxConcurrentCats: 1, ...(testMode() ? { MaxLineLength: 1024 } : {}) },
    log: new DtailLog({
      level,
      prefix: `SERVER|${hostname}|`,
      descriptor: people ? 2 : undefined,
      folder: file ? expandHome(run.options.logDir) : undefined,
      perDay: config.Common.LogRotation === 'daily',
    }),
    clock: systemClock,
  })
}

async function readInput(
  command: ReadCommand,
  context: ServerContext,
  sink: HereSink,
  signal: AbortSignal,
): Promise<void> {
  const { hostname: host, config } = context
  const matcher = matcherOf(command.pattern)
  const { before, after, max } = command.options
  const options = { invert: command.pattern.kind === 'invert', before, after, max, withNewline: true }
  const deliveries = readStdin({ host, signal, maxLineBytes: config.MaxLineLength })
  for await (const item of select(deliveries, matcher, options)) {
    switch (item.kind) {
      case 'lines':
        await sink.deliver(item, '-')
        break
      case 'gap':
        await sink.tell(context.log.warn('Lost a part of the input', item.reason), { problem: true })
        break
      case 'event':
        break
      default:
        unknownDelivery(item)
    }
  }
}

function matcherOf({ kind, pattern, literal }: DtailPattern): ReturnType<typeof compilePattern> | undefined {
  return kind === 'noop' ? undefined : compilePattern(pattern, { literal })
}

async function openSink({ query, config, report, printer }: Prepared): Promise<HereSink> {
  if (!query || !report) return new HereSink(printer)
  const { Aggregator, planQuery } = await import('@logflow/query')
  const plan = planQuery(query, { defaultLogFormat: config.Server.MapreduceLogFormat })
  const aggregator = new Aggregator(plan, { hostname: ownHostname() })
  report.beforeReport(() => report.merge(aggregator.take()))
  return new HereSink(printer, aggregator)
}

/** Lines to the terminal, or into the query. */
class HereSink implements ReadSink {
  readonly #printer: LinePrinter
  readonly #aggregator: Aggregator | undefined
  /** Things that are missing from the output. */
  problems = 0

  constructor(printer: LinePrinter, aggregator?: Aggregator) {
    this.#printer = printer
    this.#aggregator = aggregator
  }

  async deliver(batch: LineBatch, sourceId: string): Promise<void> {
    if (this.#aggregator) this.#aggregator.add(batch)
    else await this.#printer.printBatch(batch, sourceId)
  }

  /** The log on stderr has it already. */
  async tell(_text: string, facts?: { readonly problem: boolean }): Promise<void> {
    if (facts?.problem) this.problems++
  }

  filesFound(): void {}
  fileFinished(): void {}
  async close(): Promise<void> {}
}
