import type { Matcher } from '@logflow/match'
import { sourceIdOf } from '@logflow/protocol'
import { isJournal } from '@logflow/tailer'
import { admission } from './admit-file.ts'
import { admitFound, findFiles } from './find-files.ts'
import { mergesByTime } from './merge-option.ts'
import { openMatcher } from './open-matcher.ts'
import { pass, tellCut } from './pass-item.ts'
import type { Reading } from './reading.ts'
import { lostBehind, resumePointOf } from './resume-point.ts'

/**
 * Reads or follows every file of the command, all at one time as far as there are places. Never throws but the
 * signal's reason: what goes wrong with a file is logged and told.
 */
export async function readFiles(reading: Reading): Promise<void> {
  const { command, sink } = reading
  if (mergesByTime(command.options) && !isJournal(command.path)) {
    const { readMerged } = await import('./read-merged.ts')
    return readMerged([reading])
  }
  const matcher = await openMatcher(reading)
  if (matcher === 'none') return
  if (isJournal(command.path)) {
    const { readJournal } = await import('../journal/read-journal.ts')
    return readJournal(reading, matcher, item => pass(item, command.path, reading))
  }
  const paths = await findFiles(reading)
  if (paths.length === 0) return
  sink.filesFound(paths.length)
  if (sink.inOrder && command.mode !== 'tail') {
    for (const path of paths) await readOne(path, matcher, reading)
    return
  }
  const ended = await Promise.allSettled(paths.map(path => readOne(path, matcher, reading)))
  reading.signal.throwIfAborted()
  for (const result of ended) if (result.status === 'rejected') throw result.reason
}

async function readOne(path: string, matcher: Matcher | undefined, reading: Reading): Promise<void> {
  const { command, context, sink, signal } = reading
  const { log, cats, tails } = context
  const sourceId = sourceIdOf(command.path, path)
  const limiter = command.mode === 'tail' ? tails : cats
  let release: (() => void) | undefined
  try {
    const resolved = await admitBegun(path, reading)
    if (resolved === undefined) return
    const queued = limiter.full
    if (queued) log.info('Server limit hit, queueing file', path)
    release = await limiter.take({ signal })
    sink.holds?.(release)
    if (queued) log.info('Server limit OK now, processing file', path)
    // Of a file that is followed it is said once its end is found: what is written from then on will be seen.
    if (command.mode !== 'tail') log.info('Start reading', path, sourceId)
    // The words of the fork, whose tests look for them: whole batches, not line by line.
    log.debug('Using turbo mode for reading', path)
    await readAdmitted({ path, resolved, sourceId }, matcher, reading)
  } finally {
    if (release) log.debug('File processing complete', path)
    release?.()
    sink.fileFinished()
  }
}

/** What to open for a path: of a file that the client has begun, where that is now. `undefined` when there is nothing. */
async function admitBegun(path: string, reading: Reading): Promise<string | undefined> {
  const { command, context } = reading
  const point = command.mode === 'tail' ? undefined : resumePointOf(command, path)
  if (!point) return admitFound(path, reading)
  if (point.done) return undefined
  const { findResumed } = await import('./resumed-file.ts')
  const found = await findResumed(path, point.token)
  const resolved = found === undefined ? undefined : await admitFound(found, reading)
  if (resolved !== undefined) return resolved
  for (const item of lostBehind(point, context.hostname)) await pass(item, sourceIdOf(command.path, path), reading)
  return undefined
}

interface Admitted {
  readonly path: string
  readonly resolved: string
  readonly sourceId: string
}

async function readAdmitted(
  { path, resolved, sourceId }: Admitted,
  matcher: Matcher | undefined,
  reading: Reading,
): Promise<void> {
  const { command, context, reader, sink, signal } = reading
  const admit = admission({ path, resolved }, reader, context.log)
  const tell = (text: string): Promise<void> => sink.tell(text)
  const watched = sink.watched?.bind(sink)
  const file = { path, resolved, admit, command, context, matcher, signal, tell, watched }
  if (command.mode !== 'tail' && sink.takeFile) {
    const left = await sink.takeFile({ ...file, onCut: () => tellCut(path, reading) })
    for (const item of left ?? []) await pass(item, sourceId, reading)
    if (left) return
  }
  const { openDeliveries } = await import('./open-deliveries.ts')
  for await (const item of openDeliveries(file)) await pass(item, sourceId, reading)
}
