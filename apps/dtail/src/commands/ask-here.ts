import { fstatSync } from 'node:fs'
import { userInfo } from 'node:os'
import { UsageError } from '@logflow/cli'
import { systemClock, type Delivery, type Gap, type LineBatch, type SourceEvent } from '@logflow/core'
import { formatPattern, parsePattern } from '@logflow/protocol'
import type { Aggregator } from '@logflow/query'
import { defaultConfig } from '../config/dtail-config.ts'
import { expandHome } from '../config/load-config.ts'
import { ownHostname, testMode } from '../config/test-mode.ts'
import { BlockWriter } from '../output/block-writer.ts'
import type { DeliveryOutput } from '../output/delivery-output.ts'
import type { WatchedReading } from '../output/read-progress.ts'
import { DtailLog, parseLevel, parseLogger } from '../output/dtail-log.ts'
import { Limiter } from '../limiter.ts'
import type { Reader } from '../session/admit-file.ts'
import { readFiles } from '../session/read-files.ts'
import type { Reading, ReadingContext, ReadSink, WholeFile } from '../session/reading.ts'
import { withTimeRange } from '../time/time-range.ts'
import { aggregateFile, takeFile } from '../whole-file/take-file.ts'
import type { Prepared } from './prepared.ts'

/** Answers from the files of this machine, or from stdin, in this process: the server's own way without a network. */
export async function askHere(prepared: Prepared): Promise<number> {
  const { question, range, run, signal } = prepared
  const sink = await openSink(prepared)
  const { progress } = prepared
  if (progress) sink.watched = reading => progress.watch(() => [reading])
  const context = openContext(prepared)
  const reader = await readerHere(context)
  const { pattern, invert, mode } = question
  const options = range ? withTimeRange(question.options, range) : question.options
  const wanted = formatPattern(sink.choosesLines ? { pattern: '' } : { pattern, invert })
  const command = { kind: 'read' as const, mode, options, pattern: parsePattern(wanted) }
  const readingOf = (path: string): Reading => ({ command: { ...command, path }, reader, context, sink, signal })
  try {
    if (readsStdin(question.files)) {
      const { readInput } = await import('../session/read-input.ts')
      await readInput({ ...command, path: '-' }, context, sink, signal)
    } else if (question.files.length === 0) throw new UsageError('no files to read, and nothing on stdin')
    const reads = question.files.filter(path => path !== '-')
    if (run.options.merge === 'time') {
      const { readMerged } = await import('../session/read-merged.ts')
      await readMerged(reads.map(readingOf), run.options.mergeWait)
    } else if (mode === 'tail') await Promise.all(reads.map(path => readFiles(readingOf(path))))
    else for (const path of reads) await readFiles(readingOf(path))
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

async function openSink({ query, config, report, printer, output, log }: Prepared): Promise<HereSink> {
  if (!query || !report) return output === printer && printer.verbatim ? new VerbatimSink(output) : new HereSink(output)
  const { Aggregator, canChooseLines, planQuery } = await import('@logflow/query')
  const plan = planQuery(query, { defaultLogFormat: config.Server.MapreduceLogFormat })
  const chooseLines = canChooseLines(plan)
  const aggregator = new Aggregator(plan, { hostname: ownHostname(), chooseLines })
  report.beforeReport(() => report.merge(aggregator.take()))
  return new QuerySink(output, { aggregator, chooseLines, log })
}

/** Lines to the terminal. */
class HereSink implements ReadSink {
  readonly #output: DeliveryOutput
  /** Takes all lines and chooses itself. */
  readonly choosesLines: boolean = false
  readonly inOrder = true
  /** Things that are missing from the output. */
  problems = 0
  watched?: (reading: WatchedReading) => void

  constructor(output: DeliveryOutput) {
    this.#output = output
  }

  deliver(batch: LineBatch, sourceId: string): Promise<void> {
    return this.#output.deliver(batch, sourceId)
  }

  note(item: Gap | SourceEvent, sourceId: string): Promise<void> {
    return this.#output.deliver(item, sourceId)
  }

  /** The log on stderr has it already. */
  async tell(_text: string, facts?: { readonly problem: boolean }): Promise<void> {
    if (facts?.problem) this.problems++
  }

  filesFound(): void {}
  fileFinished(): void {}
  async flush(): Promise<void> {}
}

/** Lines into the query; whole files go past everything that handles lines. */
class QuerySink extends HereSink {
  override readonly choosesLines: boolean
  readonly #aggregator: Aggregator
  readonly #log: DtailLog

  constructor(
    output: DeliveryOutput,
    {
      aggregator,
      chooseLines,
      log,
    }: { readonly aggregator: Aggregator; readonly chooseLines: boolean; readonly log: DtailLog },
  ) {
    super(output)
    this.#aggregator = aggregator
    this.#log = log
    this.choosesLines = chooseLines
  }

  override async deliver(batch: LineBatch): Promise<void> {
    this.#aggregator.add(batch)
  }

  takeFile(file: WholeFile): Promise<readonly Delivery[] | undefined> {
    return aggregateFile(file, this.#aggregator)
  }

  /** Says what could not be read, all in one. */
  override async flush(): Promise<void> {
    const { malformed, badNumbers } = this.#aggregator.stats()
    if (malformed > 0) this.#log.warn(`${malformed} lines are broken and do not count`)
    if (badNumbers > 0) this.#log.warn(`${badNumbers} values are no numbers and do not count`)
  }
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
