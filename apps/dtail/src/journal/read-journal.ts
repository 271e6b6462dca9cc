import type { Delivery } from '@logflow/core'
import { select, type Matcher } from '@logflow/match'
import { readStream, runJournalctl, unitOf } from '@logflow/tailer'
import { errorText } from '../output/dtail-log.ts'
import type { Reading } from '../session/reading.ts'
import { ownJournalctl } from './own-journalctl.ts'

/** Takes what was read, in order. */
export type PassOn = (item: Delivery) => Promise<void>

const PROBLEM = { problem: true }

/**
 * Reads or follows the journal of a unit with `journalctl`, for those whose rules allow `journal:<unit>`. In the words
 * of a denied file otherwise, so that nobody learns which units there are.
 */
export async function readJournal(reading: Reading, matcher: Matcher | undefined, passOn: PassOn): Promise<void> {
  const { command, context, reader, sink, signal } = reading
  const { log, cats, tails } = context
  const name = command.path
  // All units at once are nobody's: a rule names one.
  const unit = unitOf(name) || undefined
  const verdict = unit === undefined ? { allowed: false } : reader.rules.decide(name)
  if (unit === undefined || !verdict.allowed) {
    log.error('No permission to read file', name, name)
    return sink.tell(log.warn(reader.name, 'Unable to read file(s), check server logs'), PROBLEM)
  }
  sink.filesFound(1)
  let release: (() => void) | undefined
  try {
    const limiter = command.mode === 'tail' ? tails : cats
    if (limiter.full) log.info('Server limit hit, queueing file', name)
    release = await limiter.take({ signal })
    sink.holds?.(release)
    log.info('Start reading', name, name)
    log.debug('Using turbo mode for reading', name)
    if (command.mode === 'tail') await keepFollowing(unit, reading, { matcher, passOn })
    else await readOnce(unit, reading, { matcher, passOn })
  } finally {
    if (release) log.debug('File processing complete', name)
    release?.()
    sink.fileFinished()
  }
}

interface Way {
  readonly matcher: Matcher | undefined
  readonly passOn: PassOn
}

async function keepFollowing(unit: string, reading: Reading, way: Way): Promise<void> {
  const { context, reader, sink, signal } = reading
  const { log, clock, config } = context
  for (;;) {
    const read = await readOnce(unit, reading, way)
    await clock.sleep(config.ReadRetryIntervalMs, { signal })
    if (read) {
      const missed = 'journalctl ended and is started again; what was written meanwhile is not shown'
      await sink.tell(log.warn(reader.name, missed), PROBLEM)
    }
  }
}

/** Returns whether there was a journal to read. */
async function readOnce(unit: string, reading: Reading, { matcher, passOn }: Way): Promise<boolean> {
  const { command, context, reader, sink, signal } = reading
  const { log } = context
  const program = await (context.findJournalctl ?? ownJournalctl)()
  if (program === undefined) {
    await sink.tell(log.warn(reader.name, 'Unable to read journal', 'journalctl not found'), PROBLEM)
    return false
  }
  const args = command.mode === 'tail' ? ['-u', unit, '-f', '-n', '0'] : ['-u', unit]
  const onComplaint = (line: string): Promise<void> =>
    sink.tell(log.warn(reader.name, `journalctl stderr: ${line}`), PROBLEM)
  const chunks = runJournalctl({ program, args, signal, onComplaint })
  const { hostname: host, config } = context
  const lines = readStream(chunks, { path: command.path, host, maxLineBytes: config.MaxLineLength })
  const { before, after, max } = command.options
  const invert = command.pattern.kind === 'invert'
  try {
    for await (const item of select(lines, matcher, { invert, before, after, max, withNewline: true }))
      await passOn(item)
  } catch (error) {
    signal.throwIfAborted()
    await sink.tell(log.error(reader.name, errorText(error)), PROBLEM)
  }
  return true
}
