import type { Delivery } from '@logflow/core'
import { select } from '@logflow/match'
import { read, type ReadOptions } from '@logflow/tailer'
import { watchDeliveries } from '../output/read-progress.ts'
import { timeRangeOf, type TimeRange } from '../time/time-range.ts'
import { followResumed } from './follow-resumed.ts'
import type { WholeFile } from './reading.ts'

/** How {@link openDeliveries} cuts what it reads. */
export interface CutOptions {
  /** Longer lines come in pieces. @defaultValue that of the configuration */
  readonly maxLineBytes?: number | undefined
  /** Bytes of a batch. @defaultValue that of the tailer */
  readonly batchBytes?: number | undefined
}

interface Opening {
  readonly file: Omit<WholeFile, 'onCut'>
  readonly cut: CutOptions
}

/** The chosen lines of one file that was found and admitted: once to its end, or as it grows. */
export function openDeliveries(file: Opening['file'], cut: CutOptions = {}): AsyncIterable<Delivery> {
  const { command, matcher } = file
  const { before, after, max } = command.options
  const invert = command.pattern.kind === 'invert'
  const withNewline = command.mode !== 'tail'
  const range = timeRangeOf(command.options)
  const deliveries = range ? openBetween({ file, cut }, range) : open({ file, cut })
  const seen = file.watched ? watchDeliveries(deliveries, file.watched) : deliveries
  return select(seen, matcher, { invert, before, after, max, withNewline })
}

function open(opening: Opening): AsyncIterable<Delivery> {
  const { file } = opening
  const { pattern, options } = howToOpen(opening)
  if (file.command.mode !== 'tail') return read(pattern, options)
  return followResumed(file, pattern, options)
}

/** What times are made of is loaded only for those who ask for it. */
async function* openBetween(opening: Opening, range: TimeRange): AsyncGenerator<Delivery, void, undefined> {
  const { readBetween } = await import('../time/read-between.ts')
  const { file } = opening
  const tell = (reason: string): Promise<void> =>
    file.tell(file.context.log.warn(file.path, 'Looking at every line for its time', reason))
  yield* readBetween({ ...howToOpen(opening), range, follow: file.command.mode === 'tail', tell })
}

/** The name as a pattern, and the options of whoever reads it. */
function howToOpen({ file, cut }: Opening): { readonly pattern: string; readonly options: ReadOptions } {
  const { path, admit, context, signal } = file
  const { hostname: host, config } = context
  const options = { host, signal, maxLineBytes: config.MaxLineLength, ...cut, admit }
  return { pattern: path.replace(/[\\*?[]/g, '\\$&'), options }
}
