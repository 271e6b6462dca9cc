/**
 * Rows per second of the aggregator on 100 MB of DTail's default format, beside one object per row with split:
 *
 *     node --conditions=@logflow/source packages/query/bench/aggregator.ts
 */
import { lineCount, type LineBatch } from '@logflow/core'
import { Aggregator, parseQuery, planQuery, type PartialGroup } from '../src/index.ts'
import { defaultLog } from './default-log.ts'

const MEGABYTE = 1_000_000
const ROUNDS = 5

const queries = {
  'count, sum by a key': 'from STATS select count(bytes),sum(bytes) group by host',
  'dmap1a of the DTail tests':
    'from STATS select count($line),last($time),avg($goroutines),min(nope),max(lifetimeConnections) group by $hostname',
  'where, four aggregates, two keys':
    'from STATS select count(host),avg($goroutines),max(bytes),last($time) group by host,$hour where bytes > 1000',
  'set with a function': 'from STATS select $m,count($line) group by $m set $m = maskdigits(host)',
}

function aggregate(text: string, batches: readonly LineBatch[]): PartialGroup[] {
  const aggregator = new Aggregator(planQuery(parseQuery(text)), { hostname: 'bench.example.org' })
  for (const batch of batches) aggregator.add(batch)
  return aggregator.take()
}

/** The first query as one would write it at first. */
function split(batches: readonly LineBatch[]): Map<string, { count: number; sum: number }> {
  const groups = new Map<string, { count: number; sum: number }>()
  for (const batch of batches) {
    for (const line of Buffer.from(batch.bytes).toString().split('\n')) {
      const parts = line.trim().split('|')
      if (parts.length < 11 || !parts[0]?.startsWith('INFO') || !parts[9]?.startsWith('MAPREDUCE:')) continue
      const row = Object.fromEntries(parts.slice(10).map(part => part.split('=') as [string, string]))
      const group = groups.get(row.host ?? '') ?? { count: 0, sum: 0 }
      group.count++
      group.sum += Number(row.bytes)
      groups.set(row.host ?? '', group)
    }
  }
  return groups
}

function measure(name: string, batches: readonly LineBatch[], run: () => unknown): void {
  const bytes = batches.reduce((sum, batch) => sum + batch.bytes.length, 0)
  const rows = batches.reduce((sum, batch) => sum + lineCount(batch), 0)
  let bestMs = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    run()
    bestMs = Math.min(bestMs, performance.now() - start)
  }
  const megarows = (rows / bestMs / 1000).toFixed(2)
  console.log(`${name.padEnd(36)} ${megarows} M rows/s  ${(bytes / MEGABYTE / (bestMs / 1000)).toFixed(0)} MB/s`)
}

const batches = defaultLog(100 * MEGABYTE)
const reference = split(batches)
const groups = aggregate(queries['count, sum by a key'], batches)
for (const { key, values } of groups) {
  if (values.get('sum(bytes)') !== reference.get(key)?.sum) throw new Error(`sums of ${key} differ`)
}
measure('split and one object per row', batches, () => split(batches))
for (const [name, text] of Object.entries(queries)) measure(name, batches, () => aggregate(text, batches))
