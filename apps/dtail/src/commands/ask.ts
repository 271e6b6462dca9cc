import { UsageError } from '@logflow/cli'
import { systemClock } from '@logflow/core'
import type { Query } from '@logflow/query'
import { expandHome, loadConfig } from '../config/load-config.ts'
import type { DtailConfig } from '../config/dtail-config.ts'
import { ownHostname } from '../config/test-mode.ts'
import { HeldOutput } from '../interactive/held-output.ts'
import { endOnHangup } from '../interactive/interrupt-hint.ts'
import { DtailLog, parseLevel, parseLogger } from '../output/dtail-log.ts'
import type { JsonLines } from '../output/json-lines.ts'
import { LinePrinter } from '../output/line-printer.ts'
import { paintLine } from '../output/paint-line.ts'
import type { ReadProgress } from '../output/read-progress.ts'
import type { QueryReport } from '../output/query-report.ts'
import type { TermColors } from '../output/term-colors.ts'
import type { TimeRange } from '../time/time-range.ts'
import type { ClientName, ClientRun } from './client-run.ts'
import type { Prepared } from './prepared.ts'
import { questionOf } from './question-of.ts'

/** dcat, dgrep, dmap and dtail: what was asked goes to servers, or is answered from this machine's own files. */
export async function ask(name: ClientName, run: ClientRun): Promise<number> {
  const prepared = await prepare(name, run)
  const {
    progress,
    report,
    signal,
    run: { options },
  } = prepared
  const here = options.discovery === '' && (options.servers === '' || options.servers.toLowerCase() === 'serverless')
  if (options.interactiveQuery) checkInteractive(options, here)
  const reporting = report?.run(signal)
  reporting?.catch(() => {}) // awaited below
  const undo = endOnHangup()
  try {
    if (here) return await (await import('./ask-here.ts')).askHere(prepared)
    return await (await import('./ask-remote.ts')).askRemote(prepared)
  } finally {
    undo()
    progress?.close()
    report?.finish()
    await reporting
  }
}

/** What changes while it is answered is shown as it arrives. @throws UsageError */
function checkInteractive({ json, since, until, merge }: ClientRun['options'], here: boolean): void {
  if (here) throw new UsageError('-interactive-query needs -servers')
  if (json || since !== undefined || until !== undefined || merge === 'time')
    throw new UsageError('-interactive-query does not go with -json, -since, -until and -merge')
}

async function prepare(name: ClientName, given: ClientRun): Promise<Prepared> {
  const stdout = given.stdout.isTerminal ? new HeldOutput(given.stdout) : given.stdout
  const run = { ...given, stdout }
  const { options } = run
  const { question, query } = await questionOf(name, run)
  const { config, warnings } = await loadConfig(options.cfg)
  const colors = colorsOf(options, config)
  const log = openLog(run, config, colors)
  for (const warning of warnings) log.warn(warning)
  const logged = options.logPayload || config.Client.LogPayload
  const printer = new LinePrinter({
    stdout,
    plain: options.plain,
    raw: options.raw,
    colors,
    payload: logged ? bytes => log.payload(bytes) : undefined,
  })
  const json = options.json ? new (await import('../output/json-lines.ts')).JsonLines(stdout) : undefined
  return {
    name,
    run,
    config,
    question,
    query,
    log,
    colors,
    printer,
    output: json ?? printer,
    json,
    progress: await openProgress(name, run, printer),
    range: await rangeOf(options),
    report: query && (await openReport({ query, name, run, log, printer, json, colors, config })),
    signal: lifeOf(run),
  }
}

interface ReportInit {
  readonly query: Query
  readonly name: ClientName
  readonly run: ClientRun
  readonly log: DtailLog
  readonly printer: LinePrinter
  readonly json: JsonLines | undefined
  readonly colors: TermColors | undefined
  readonly config: DtailConfig
}

async function openReport({ query, name, run, config, ...rest }: ReportInit): Promise<QueryReport> {
  const { QueryReport } = await import('../output/query-report.ts')
  const { queryWarnings } = await import('@logflow/query')
  for (const warning of queryWarnings(query, { defaultLogFormat: config.Server.MapreduceLogFormat }))
    await run.stderr.write(`${warning}\n`)
  // dtail shows what happened in each interval; everything else adds up.
  const cumulative = name === 'dmap' || query.outfile !== undefined
  return new QueryReport({ query, cumulative, stdout: run.stdout, raw: run.options.raw, ...rest })
}

/** For what ends, at a terminal: data that goes past the printer to the same terminal would run into the line. */
async function openProgress(name: ClientName, run: ClientRun, printer: LinePrinter): Promise<ReadProgress | undefined> {
  const { options, stdout, stderr } = run
  const mixes = stdout.isTerminal && printer.untouched
  if (!stderr.isTerminal || process.env['TERM'] === 'dumb' || name === 'dtail' || options.quiet || mixes)
    return undefined
  const { ReadProgress } = await import('../output/read-progress.ts')
  const progress = new ReadProgress({ label: name, stderr, clock: systemClock })
  if (stdout instanceof HeldOutput) stdout.beforeWrite = () => progress.wipe()
  return progress
}

/** @throws UsageError for what is no moment, and for a range that ends before it begins */
async function rangeOf({ since, until }: ClientRun['options']): Promise<TimeRange | undefined> {
  if (since === undefined && until === undefined) return undefined
  const { parseMoment } = await import('../time/moment.ts')
  const now = systemClock.now()
  const sinceMs = since === undefined ? -Infinity : parseMoment(since, now)
  const untilMs = until === undefined ? Infinity : parseMoment(until, now)
  if (untilMs <= sinceMs) throw new UsageError(`-until ${until} is not after -since ${since}`)
  return { sinceMs, untilMs }
}

/** Colours are on unless switched off, for pipes too, as in the original. NO_COLOR switches them off. */
function colorsOf(options: ClientRun['options'], { Client }: DtailConfig): TermColors | undefined {
  const off =
    options.plain ||
    options.json ||
    options.noColor ||
    !Client.TermColorsEnable ||
    (process.env['NO_COLOR'] ?? '') !== ''
  return off ? undefined : Client.TermColors
}

function openLog({ options, stderr }: ClientRun, { Common }: DtailConfig, colors: TermColors | undefined): DtailLog {
  const { people, file } = parseLogger(options.loggerName)
  const level = parseLevel(options.level === 'info' ? Common.LogLevel : options.level)
  return new DtailLog({
    level,
    prefix: `CLIENT|${ownHostname()}|`,
    // stdout is for data, whatever the logger is called.
    descriptor: people ? 2 : undefined,
    paint: colors && stderr.isTerminal ? line => paintLine(line, colors) : undefined,
    folder: file ? expandHome(options.logDir) : undefined,
    program: 'dtail',
    perDay: Common.LogRotation === 'daily',
  })
}

/** Aborts when the program shall end: a signal, or its time is up. */
function lifeOf({ options, signal }: ClientRun): AbortSignal {
  const limits = [options.shutdownAfter, options.shutdownAfter === undefined ? undefined : options.timeout]
  const seconds = limits.filter(limit => limit !== undefined && limit > 0) as number[]
  return AbortSignal.any([signal, ...seconds.map(limit => AbortSignal.timeout(limit * 1000))])
}
