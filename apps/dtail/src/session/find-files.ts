import { lstat } from 'node:fs/promises'
import { cleanPath, sourceIdOf, type ReadCommand } from '@logflow/protocol'
import { errorText } from '../output/dtail-log.ts'
import { admitFile } from './admit-file.ts'
import { PROBLEM, UNREADABLE } from './problem.ts'
import type { Reading, ReadingContext } from './reading.ts'
import { resumePointsOf } from './resume-point.ts'

const TAIL_ATTEMPTS = 10

/** The files of the glob; for tail they may still come. */
export async function findFiles({ command, context, reader, sink, signal }: Reading): Promise<readonly string[]> {
  const { log, config, clock } = context
  const glob = cleanPath(command.path)
  const attempts = command.mode === 'tail' ? TAIL_ATTEMPTS : 1
  for (let attempt = 1; ; attempt++) {
    const paths = await withBegun(await expand(glob, context), command)
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

/** Of a client that comes back: what it has begun first, wherever that is now, and nothing under another name again. */
async function withBegun(found: readonly string[], command: ReadCommand): Promise<readonly string[]> {
  const told = resumePointsOf(command)
  if (!told || told.points.length === 0) return found
  const { pathsToResume } = await import('./resumed-file.ts')
  return pathsToResume(found, command, told)
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
