import { lineBatch, type LineBatch, type Source } from '@logflow/core'
import { Aggregator, GroupMerger, parseQuery, planQuery, type PartialGroup } from '../src/index.ts'

export const source: Source = { host: 'integrationtest', path: '/var/log/app.log', id: '1:2:3' }

/** A batch over text, at offset 0 unless said otherwise. */
export function batchOf(text: string, offset = 0, from: Source = source): LineBatch {
  return lineBatch({ source: from, bytes: new Uint8Array(new TextEncoder().encode(text)), offset })
}

/** A line of DTail's default format with the given pairs. */
export function statsLine(pairs: string, { time = '1002-071143', goroutines = 13 } = {}): string {
  return `INFO|${time}|1|stats.go:56|8|${goroutines}|7|0.21|471h0m21s|MAPREDUCE:STATS|${pairs}\n`
}

/** What one server would send for the lines. */
export function partials(text: string, ...lines: string[]): PartialGroup[] {
  const aggregator = new Aggregator(planQuery(parseQuery(text)), { hostname: 'integrationtest' })
  aggregator.add(batchOf(lines.join('')))
  return aggregator.take()
}

/** The values of all rows that a query gives for the lines. */
export function answer(text: string, ...lines: string[]): (readonly string[])[] {
  const merger = new GroupMerger(parseQuery(text))
  merger.merge(partials(text, ...lines))
  return merger.rows().map(row => row.values)
}
