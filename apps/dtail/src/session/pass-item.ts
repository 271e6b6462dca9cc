import { unknownDelivery, type Delivery, type LineBatch } from '@logflow/core'
import { PROBLEM, UNREADABLE } from './problem.ts'
import type { Reading } from './reading.ts'

/** Says once more that a line was longer than this server sends in one. */
export function tellCut(path: string, { context, sink }: Reading): Promise<void> {
  return sink.tell(context.log.warn(path, 'Long log line, splitting into multiple lines'))
}

/** One item to the sink, and what is to be told of it. */
export async function pass(item: Delivery, sourceId: string, reading: Reading): Promise<void> {
  const { context, reader, sink } = reading
  const { log } = context
  if (item.kind !== 'lines') await sink.note?.(item, sourceId)
  switch (item.kind) {
    case 'lines':
      if (hasCutLine(item, context.config.MaxLineLength)) await tellCut(item.source.path, reading)
      return sink.deliver(item, sourceId)
    case 'gap': {
      const range = `bytes ${item.from} to ${item.to}`
      return sink.tell(log.warn(reader.name, 'Lost a part of file', item.source.path, range, item.reason), {
        ...PROBLEM,
        noted: true,
      })
    }
    case 'event':
      if (item.event === 'failed') {
        log.error(reader.name, 'Unable to read file', item.source.path, JSON.stringify(item.detail?.['message'] ?? ''))
        return sink.tell(log.warn(reader.name, UNREADABLE), PROBLEM)
      }
      if (item.event === 'opened' && reading.command.mode === 'tail')
        log.info('Start reading', item.source.path, sourceId)
      if (item.event === 'rotated' || item.event === 'truncated')
        log.info(item.source.path, sourceId, `File ${item.event}`)
      return
    default:
      return unknownDelivery(item)
  }
}

/** Whether a line in the batch is a piece of a longer one: as long as allowed, and without its newline. */
function hasCutLine({ bytes, ends }: LineBatch, maxLineBytes: number): boolean {
  if (bytes.length < maxLineBytes) return false
  for (let i = 0, start = 0; i < ends.length; i++) {
    const end = ends[i] as number
    if (end - start === maxLineBytes && bytes[end - 1] !== 10) return true
    start = end
  }
  return false
}
