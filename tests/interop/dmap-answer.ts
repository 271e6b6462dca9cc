import { lineBatch, type LineBatch } from '@logflow/core'
import { compilePattern, select } from '@logflow/match'
import {
  Aggregator,
  canChooseLines,
  GroupMerger,
  lineFilterPattern,
  parseQuery,
  planQuery,
  renderCsv,
  renderTable,
} from '@logflow/query'
import type { MapCase } from './dmap-cases.ts'

/** What dmap shows and writes, with `OUT` for the path of an outfile. */
export interface MapAnswer {
  readonly stdout: string
  readonly outfile: string | undefined
}

const HOSTNAME = 'earth'
const TERMINAL_ROWS = 10

/** Our answer, in this process, by the same stages as the program. */
export async function ourAnswer({ query: text, log }: MapCase): Promise<MapAnswer> {
  const query = parseQuery(text)
  const plan = planQuery(query)
  const source = { host: HOSTNAME, path: 'in.log', id: 'in' }
  const batch = lineBatch({ source, bytes: new TextEncoder().encode(log) })
  const chooseLines = canChooseLines(plan)
  const aggregator = new Aggregator(plan, { hostname: HOSTNAME, chooseLines })
  const matcher = chooseLines ? undefined : compilePattern(lineFilterPattern(query))
  for await (const item of select(only(batch), matcher, { withNewline: true }))
    if (item.kind === 'lines') aggregator.add(item)
  const merger = new GroupMerger(query)
  merger.merge(aggregator.take())
  const rows = merger.rows()
  if (query.outfile) return { stdout: '', outfile: renderCsv(query, rows) }
  return {
    stdout: rows.length === 0 ? '' : `${text}\n${renderTable(query, rows, { limit: TERMINAL_ROWS })}\n`,
    outfile: undefined,
  }
}

async function* only(batch: LineBatch): AsyncGenerator<LineBatch, void, undefined> {
  yield batch
}
