import { appendFile, rename, stat, writeFile } from 'node:fs/promises'
import { CliError, safeText, type Output } from '@logflow/cli'
import { systemClock } from '@logflow/core'
import { eachMessage, parseServerMessage, type MessageBatch, type ServerMessage } from '@logflow/protocol'
import {
  GroupMerger,
  limitRows,
  renderCsv,
  renderTable,
  type PartialGroup,
  type Query,
  type ResultRow,
  type SelectItem,
  type TablePaint,
} from '@logflow/query'
import type { AnswerSink } from '../client/answer-sink.ts'
import { errorText, type DtailLog } from './dtail-log.ts'
import type { JsonLines } from './json-lines.ts'
import type { LinePrinter } from './line-printer.ts'
import { paint } from './paint-line.ts'
import type { TermColors } from './term-colors.ts'

/** Options of {@link QueryReport}. */
export interface QueryReportOptions {
  readonly query: Query
  /** Whether groups add up from report to report; otherwise each report is about its interval. */
  readonly cumulative: boolean
  readonly stdout: Output
  readonly log: DtailLog
  /** For what is no group. */
  readonly printer: Pick<LinePrinter, 'print'>
  readonly colors: TermColors | undefined
  /** Rows go there instead of into a table. */
  readonly json?: Pick<JsonLines, 'write' | 'say'> | undefined
  /** Control characters of values reach the terminal. @defaultValue false */
  readonly raw?: boolean | undefined
}

const TERMINAL_ROWS = 10

/** Merges the groups of all servers and reports at every interval: a table on stdout, or a CSV file. */
export class QueryReport implements AnswerSink {
  #options: QueryReportOptions
  #merger: GroupMerger
  readonly #finish = new AbortController()
  readonly #before: (() => void)[] = []
  #lastTable = ''
  #collected = false

  constructor(options: QueryReportOptions) {
    this.#options = options
    this.#merger = new GroupMerger(options.query)
  }

  /** Goes on with another query, and without what was collected for the former one. */
  renew(query: Query): void {
    this.#options = { ...this.#options, query }
    this.#merger = new GroupMerger(query)
    this.#lastTable = ''
    this.#collected = false
  }

  /** Called before each report, to fetch groups that are collected here. */
  beforeReport(call: () => void): void {
    this.#before.push(call)
  }

  merge(groups: Iterable<PartialGroup>): void {
    this.#collected = true
    this.#merger.merge(groups)
  }

  async take(batch: MessageBatch): Promise<readonly string[]> {
    const hidden: string[] = []
    for (const message of eachMessage(batch)) {
      if (message.length === 0) continue
      const parsed = this.#parse(message)
      if (parsed?.kind === 'aggregate') this.merge([parsed.group])
      else if (parsed?.kind === 'hidden') hidden.push(parsed.text)
      else if (parsed) await this.#say(parsed, message)
    }
    return hidden
  }

  async #say(parsed: ServerMessage, message: Uint8Array): Promise<void> {
    const { json, printer } = this.#options
    if (!json) return printer.print(withNewline(message))
    const [host, content] = parsed.kind === 'server' ? [parsed.hostname, parsed.text] : ['', message]
    await json.say(Buffer.from(content).toString(), host)
  }

  /** Reports until {@link finish}, and once more then. The first time after half an interval, as the original does. */
  async run(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.#finish.signal])
    for (let waitMs = this.#options.query.intervalMs / 2; ; waitMs = this.#options.query.intervalMs) {
      await systemClock.sleep(waitMs, { signal: either }).catch(() => {}) // ended by either signal
      // What was collected until a person stopped us is reported as well; the finish comes after the last groups.
      if (signal.aborted && !this.#finish.signal.aborted) await this.#finished()
      // The last file of a query over intervals is about a whole one, not about the moment before the end.
      const cut = this.#finish.signal.aborted && !this.#options.cumulative && !this.#collected
      if (!cut) await this.report()
      if (this.#finish.signal.aborted) return
    }
  }

  /** No more groups will come. */
  finish(): void {
    this.#finish.abort()
  }

  #finished(): Promise<void> {
    if (this.#finish.signal.aborted) return Promise.resolve()
    return new Promise(resolve => this.#finish.signal.addEventListener('abort', () => resolve(), { once: true }))
  }

  #parse(message: Uint8Array): ReturnType<typeof parseServerMessage> | undefined {
    try {
      return parseServerMessage(message)
    } catch (error) {
      this.#options.log.error('Unable to aggregate data', errorText(error))
      return undefined
    }
  }

  /** Reports what was collected, now. @throws CliError `LF_CLI_OUTPUT` */
  async report(): Promise<void> {
    for (const call of this.#before) call()
    const { query, cumulative } = this.#options
    if (query.outfile) await this.#toOutfile(query.outfile)
    else if (this.#options.json) await this.#writeJson(this.#options.json)
    else await this.#printTable()
    if (cumulative) return
    this.#collected = false
    this.#merger.clear()
  }

  /** A row is final: of groups that add up only the last report is written. */
  async #writeJson(json: Pick<JsonLines, 'write' | 'say'>): Promise<void> {
    const { query, cumulative } = this.#options
    if (cumulative && !this.#finish.signal.aborted) return
    const at = new Date(systemClock.now()).toISOString()
    for (const { values } of limitRows(this.#merger.rows(), query.limit)) {
      const fields = query.select.map((item, column) => [item.storage, jsonValue(item, values[column] as string)])
      await json.write({ kind: 'row', at, values: Object.fromEntries(fields) as object })
    }
  }

  async #printTable(): Promise<void> {
    const { query, stdout, log, colors, raw } = this.#options
    const rows = stdout.isTerminal && raw !== true ? harmlessRows(this.#merger.rows()) : this.#merger.rows()
    if (rows.length === 0) return
    const table = renderTable(query, rows, { limit: TERMINAL_ROWS, paint: colors ? tablePaint(colors) : {} })
    if (table === this.#lastTable) return
    this.#lastTable = table
    const text = colors ? paint(query.text, colors.MaprTable.RawQuery) : query.text
    if (query.limit === -1 && rows.length > TERMINAL_ROWS) {
      const limited = `limited terminal output to ${TERMINAL_ROWS} rows! Use 'limit' clause to override!`
      log.warn(`Got ${rows.length} results but ${limited}`)
    }
    await stdout.write(`${text}\n${table}\n`)
  }

  async #toOutfile(outfile: NonNullable<Query['outfile']>): Promise<void> {
    try {
      await this.#writeOutfile(outfile)
    } catch (cause) {
      throw new CliError('LF_CLI_OUTPUT', `cannot write outfile ${outfile.path}`, { cause })
    }
  }

  async #writeOutfile({ path, append }: NonNullable<Query['outfile']>): Promise<void> {
    const { query, log } = this.#options
    const rows = this.#merger.rows()
    await replace(`${path}.query`, query.text)
    if (!append) {
      log.info('Writing to outfile', path)
      return replace(path, renderCsv(query, rows))
    }
    log.info('Appending to outfile', path)
    const header = await stat(path)
      .then(({ size }) => size === 0)
      .catch(() => true) // not there yet
    await appendFile(path, renderCsv(query, rows, { header }))
  }
}

/** Values come from lines, and lines from anybody. */
function harmlessRows(rows: readonly ResultRow[]): ResultRow[] {
  return rows.map(({ key, values }) => ({ key, values: values.map(safeText) }))
}

/** Fields, and the last value of one, are texts; everything else that was computed is a number. */
function jsonValue({ aggregation }: SelectItem, value: string): string | number {
  const number = aggregation === 'last' || value === '' ? NaN : Number(value)
  return Number.isNaN(number) ? value : number
}

/** Readers see the old content or the new one, never half of it. */
async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.tmp`, content)
  await rename(`${path}.tmp`, path)
}

function withNewline(message: Uint8Array): Uint8Array {
  return message[message.length - 1] === 10 ? message : Buffer.concat([message, Uint8Array.of(10)])
}

function tablePaint({ MaprTable }: TermColors): TablePaint {
  return {
    title: (text, { sortKey, groupKey }) => {
      const { Fg, Bg, Attr } = MaprTable.Header
      const marks = (sortKey ? MaprTable.HeaderSortKeyAttr : '') + (groupKey ? MaprTable.HeaderGroupKeyAttr : '')
      return paint(text, { Fg, Bg, Attr: Attr + marks })
    },
    titleDelimiter: text => paint(text, MaprTable.HeaderDelimiter),
    cell: text => paint(text, MaprTable.Data),
    delimiter: text => paint(text, MaprTable.Delimiter),
  }
}
