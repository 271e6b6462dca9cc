/**
 * Follows a folder of so many files and answers its parent: `node quiet-follower.js TAILER FOLDER FILES [CHECKPOINT]`, where
 * TAILER is the address of the module. Run without its types: to strip them takes Node 17 MB, which are not the tailer's.
 */
import { readdirSync } from 'node:fs'
import type * as Tailer from '../packages/tailer/src/index.ts'

/** What the follower says of itself. */
export interface FollowerFigures {
  readonly cpuMs: number
  readonly rssBytes: number
  readonly descriptors: number
  /** From each write to its batch, in order of size. */
  readonly latenciesMs: readonly number[]
}

const [tailer = '', folder = '', files = '', checkpointPath] = process.argv.slice(2)
const { follow, openCheckpoint } = (await import(tailer)) as typeof Tailer
const checkpoint = checkpointPath === undefined ? undefined : await openCheckpoint(checkpointPath)
const expected = Number(files)
const latencies: number[] = []
let opened = 0

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  const figures: FollowerFigures = {
    cpuMs: (user + system) / 1000,
    rssBytes: process.memoryUsage.rss(),
    descriptors: readdirSync('/proc/self/fd').length,
    latenciesMs: latencies.splice(0).sort((a, b) => a - b),
  }
  process.send?.(figures)
})
for await (const item of follow(`${folder}/*.log`, { checkpoint })) {
  if (item.kind === 'event' && item.event === 'opened' && ++opened === expected) process.send?.('ready')
  if (item.kind !== 'lines') continue
  const nowMs = Number(process.hrtime.bigint()) / 1e6
  for (const sent of Buffer.from(item.bytes).toString().trim().split('\n')) latencies.push(nowMs - Number(sent))
  await checkpoint?.acknowledge(item.source, item.offset + item.bytes.length)
}
