import { systemClock, type Delivery } from '@logflow/core'
import { sourceIdOf } from '@logflow/protocol'
import { LineTimes, localStamps } from '../time/line-times.ts'
import { TimeMerge, type MergeLane } from '../time/time-merge.ts'
import { openDeliveries } from './open-deliveries.ts'
import { admission } from './admit-file.ts'
import { admitFound, findFiles } from './find-files.ts'
import { openMatcher } from './open-matcher.ts'
import { pass } from './pass-item.ts'
import type { Reading } from './reading.ts'

/** Memory for lines that wait for their turn. */
const WAITING_BYTES = 32 * 1024 * 1024
const MIN_BATCH_BYTES = 16 * 1024
const MAX_BATCH_BYTES = 256 * 1024
const LIVE_WAIT_MS = 1000

interface OpenFile {
  readonly sourceId: string
  readonly reading: Reading
  open(batchBytes: number): AsyncIterable<Delivery>
}

/**
 * Reads or follows all files of all commands at one time, and passes their lines on in the order of time. A line that
 * does not say when it was written stays behind the one before it.
 */
export async function readMerged(readings: readonly Reading[], liveWaitMs = LIVE_WAIT_MS): Promise<void> {
  const files = (await Promise.all(readings.map(openAll))).flat()
  const live = readings.some(({ command }) => command.mode === 'tail')
  const stamps = localStamps(systemClock.now())
  const merge = new TimeMerge({
    lanes: files.length,
    times: () => new LineTimes(stamps),
    maxWaitMs: live ? liveWaitMs : undefined,
    clock: systemClock,
    emit: (item, lane) => passOn(item, files[lane] as OpenFile),
  })
  const batchBytes = Math.min(MAX_BATCH_BYTES, Math.max(MIN_BATCH_BYTES, Math.floor(WAITING_BYTES / files.length)))
  const ended = await Promise.allSettled(
    files.map((file, index) => readInto(merge.lanes[index] as MergeLane, file, batchBytes)),
  )
  for (const result of ended) if (result.status === 'rejected') throw result.reason
}

async function readInto(lane: MergeLane, file: OpenFile, batchBytes: number): Promise<void> {
  try {
    for await (const item of file.open(batchBytes)) await lane.push(item)
  } finally {
    lane.close()
    file.reading.sink.fileFinished()
  }
}

function passOn(item: Delivery, { sourceId, reading }: OpenFile): Promise<void> {
  return pass(item, sourceId, reading)
}

async function openAll(reading: Reading): Promise<OpenFile[]> {
  const { command, context, sink, signal } = reading
  const matcher = await openMatcher(reading)
  if (matcher === 'none') return []
  const paths = await findFiles(reading)
  if (paths.length > 0) sink.filesFound(paths.length)
  const files: OpenFile[] = []
  for (const path of paths) {
    const resolved = await admitFound(path, reading)
    if (resolved === undefined) {
      sink.fileFinished()
      continue
    }
    const admit = admission({ path, resolved }, reading.reader, context.log)
    const file = { path, resolved, admit, command, context, matcher, signal, tell: sink.tell.bind(sink) }
    const open: OpenFile['open'] = batchBytes => openDeliveries(file, { batchBytes })
    files.push({ sourceId: sourceIdOf(command.path, path), reading, open })
  }
  return files
}
