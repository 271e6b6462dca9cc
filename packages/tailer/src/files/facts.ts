import { isMissing } from '../errors.ts'
import type { FileFacts, FileSystem } from './file-system.ts'

/**
 * Facts of what a path names; `undefined` when nothing is there. Asked several times of each of tens of thousands of
 * files that are begun: where the file system answers at once nothing is left behind but the answer and its promise.
 */
export function factsAt(
  path: string,
  fileSystem: Pick<FileSystem, 'stat' | 'statNow'>,
): Promise<FileFacts | undefined> {
  if (!fileSystem.statNow) return fileSystem.stat(path).catch(undefinedIfMissing)
  try {
    return Promise.resolve(fileSystem.statNow(path))
  } catch (error) {
    return Promise.reject(error as Error).catch(undefinedIfMissing)
  }
}

function undefinedIfMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error
}
