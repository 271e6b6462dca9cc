import { fstatSync } from 'node:fs'
import { userInfo } from 'node:os'
import { UsageError } from '@logflow/cli'
import { systemClock, type Delivery, type LineBatch } from '@logflow/core'
import { formatPattern, parsePattern } from '@logflow/protocol'
import type { Aggregator } from '@logflow/query'
import { defaultConfig } from '../config/dtail-config.ts'
import { expandHome } from '../config/load-config.ts'
import { ownHostname, testMode } from '../config/test-mode.ts'
import { BlockWriter } from '../output/block-writer.ts'
import { DtailLog, parseLevel, parseLogger } from '../output/dtail-log.ts'
import type { LinePrinter } from '../output/line-printer.ts'
import { Limiter } from '../limiter.ts'
import type { Reader } from '../session/admit-file.ts'
import { readFiles } from '../session/read-files.ts'
import type { ReadingContext, ReadSink, WholeFile } from '../session/reading.ts'
import { takeFile } from '../whole-file/take-file.ts'
import type { Prepared } from './prepared.ts'

/** Answers from the files of this machine, or from stdin, in this process: the server's own way without a network. */
export async function askHere(prepared: Prepared): Promise<number> {
  const { question, signal } = prepared
  const sink = await openSink(prepared)
  const context = openContext(prepared)
  const reader = await readerHere(context)
  const { pattern, invert, mode, options } = question
  const command = { kind: 'read' as const, mode, options, pattern: parsePattern(formatPattern({ pattern, invert })) }
  try {
    if (readsStdin(question.files)) {
      const { readInput } = await import('../session/read-input.ts')
      await readInput({ ...command, path: '-' }, context, sink, signal)
    } else if (question.files.length === 0) throw new UsageError('no files to read, and nothing on stdin')
    const reads = question.files.filter(path => path !== '-')
    const readOne = (path: string): Promise<void> =>
      readFiles({ command: { ...command, path }, reader, context, sink, signal })
    if (mode === 'tail') await Promise.all(reads.map(readOne))
    else for (const path of reads) await readOne(path)
    await sink.flush()
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return sink.problems > 0 ? 1 : 0
}

/** A pipe or a file on stdin counts when no other file is named; a terminal or /dev/null never does. */
function readsStdin(files: readonly string[]): boolean {
  if (files.length > 0 && !files.includes('-')) return false
  return !fstatSync(0).isCharacterDevice()
}

/** The rules of the configuration hold here, too; those that allow everything are not worth loading an engine. */
async function readerHere(context: ReadingContext): Promise<Reader> {
  const { username } = userInfo()
  const name = `${username}@local(serverless)`
  if (context.config.Permissions === defaultConfig.Server.Permissions)
    return { name, rules: { decide: () => ({ allowed: true }) } }
  const { createServerContext } = await import('../session/server-context.ts')
  return { name, rules: createServerContext(context).rulesOf(username) }
}

function openContext({ config, run }: Prepared): ReadingContext {
  const { people, file } = parseLogger(run.options.loggerName)
  const hostname = ownHostname()
  const level = parseLevel(run.options.level === 'info' ? 'warn' : run.options.level)
  return {
    hostname,
    config: { ...config.Server, ...(testMode() ? { MaxLineLength: 1024 } : {}) },
    log: new DtailLog({
      level,
      prefix: `SERVER|${hostname}|`,
      descriptor: people ? 2 : undefined,
      folder: file ? expandHome(run.options.logDir) : undefined,
      perDay: config.Common.LogRotation === 'daily',
    }),
    clock: systemClock,
    cats: new Limiter(1),
    tails: new Limiter(config.Server.MaxConcurrentTails),
  }
}

async function openSink({ query, config, report, printer }: Prepared): Promise<HereSink> {
  if (!query || !report) return printer.verbatim ? new VerbatimSink(printer) : new HereSink(printer)
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
  readonly inOrder = true
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
  async flush(): Promise<void> {}
}

/** Bytes of lines as they lie in the file: whole files go past everything that handles lines. */
class VerbatimSink extends HereSink {
  readonly #writer = new BlockWriter(process.stdout)

  async takeFile(file: WholeFile): Promise<readonly Delivery[] | undefined> {
    return takeFile(file, this.#writer)
  }

  override flush(): Promise<void> {
    return this.#writer.flush()
  }
}
