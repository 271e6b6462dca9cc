import { lstat } from 'node:fs/promises'
import { unknownDelivery, type Delivery, type LineBatch } from '@logflow/core'
import type { Matcher } from '@logflow/match'
import { cleanPath, sourceIdOf, type ReadCommand } from '@logflow/protocol'
import { isJournal } from '../journal/journal-unit.ts'
import { errorText } from '../output/dtail-log.ts'
import { admission, admitFile } from './admit-file.ts'
import { mergesByTime } from './merge-option.ts'
import type { Reading, ReadingContext } from './reading.ts'

const TAIL_ATTEMPTS = 10

const PROBLEM = { problem: true }

/** What the original says of a missing and of a forbidden file alike. */
const UNREADABLE = 'Unable to read file(s), check server logs'

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

/** What chooses lines; `undefined` for all of them, `none` for a pattern that is none, which is told. */
export async function openMatcher(reading: Reading): Promise<Matcher | undefined | 'none'> {
  const { command, context, reader, sink } = reading
  try {
    const matcher = await matcherOf(command)
    if (matcher && command.mode === 'grep') logMatcher(reading)
    return matcher
  } catch (error) {
    await sink.tell(context.log.error(reader.name, `Unable to parse command|${errorText(error)}`), PROBLEM)
    return 'none'
  }
}

async function matcherOf({ pattern }: ReadCommand): Promise<Matcher | undefined> {
  if (pattern.kind === 'noop') return undefined
  const { compilePattern } = await import('@logflow/match')
  return compilePattern(pattern.pattern, { literal: pattern.literal })
}

function logMatcher({ command, context }: Reading): void {
  const how = command.pattern.literal ? 'Using optimized literal string matching' : 'Using regex matching'
  context.log.info(`${how} for pattern:`, command.pattern.pattern)
}

/** The files of the glob; for tail they may still come. */
export async function findFiles({ command, context, reader, sink, signal }: Reading): Promise<readonly string[]> {
  const { log, config, clock } = context
  const glob = cleanPath(command.path)
  const attempts = command.mode === 'tail' ? TAIL_ATTEMPTS : 1
  for (let attempt = 1; ; attempt++) {
    const paths = await expand(glob, context)
    if (paths.length > config.MaxGlobTargets) {
      const [limit, matched] = [config.MaxGlobTargets, paths.length]
      const what = 'Glob expansion exceeded server limit, only first targets served'
      await sink.tell(log.warn(reader.name, what, 'limit', limit, 'matched', matched), PROBLEM)
    }
    if (paths.length > 0) return paths.slice(0, config.MaxGlobTargets)
    log.error('No such file(s) to read', glob)
    await sink.tell(log.warn(reader.name, UNREADABLE), PROBLEM)
    if (attempt === attempts) break
    await clock.sleep(config.ReadGlobRetryIntervalMs, { signal })
  }
  await sink.tell(log.warn(reader.name, 'Giving up to read file(s)'))
  return []
}

/** A client that has its own way with files needs nothing of all that expanding, reading and searching are made of. */
async function expand(glob: string, { log }: ReadingContext): Promise<readonly string[]> {
  if (!/[*?[\\]/.test(glob)) {
    return lstat(glob).then(
      () => [glob],
      () => [],
    )
  }
  try {
    const { expandGlob } = await import('@logflow/tailer')
    return await expandGlob(glob)
  } catch (error) {
    log.warn('Unable to expand glob', glob, errorText(error))
    return []
  }
}

async function readOne(path: string, matcher: Matcher | undefined, reading: Reading): Promise<void> {
  const { command, context, sink, signal } = reading
  const { log, cats, tails } = context
  const sourceId = sourceIdOf(command.path, path)
  const limiter = command.mode === 'tail' ? tails : cats
  let release: (() => void) | undefined
  try {
    const resolved = await admitFound(path, reading)
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

/** What to open for a path; `undefined` for what is forbidden, which is told. */
export async function admitFound(
  path: string,
  { command, context, reader, sink }: Reading,
): Promise<string | undefined> {
  const { log } = context
  const resolved = await admitFile(path, reader, log)
  if (resolved !== undefined) return resolved
  log.error('No permission to read file', path, sourceIdOf(command.path, path))
  await sink.tell(log.warn(reader.name, UNREADABLE), PROBLEM)
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

function tellCut(path: string, { context, sink }: Reading): Promise<void> {
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
      return sink.tell(log.warn(reader.name, 'Lost a part of file', item.source.path, range, item.reason), PROBLEM)
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
