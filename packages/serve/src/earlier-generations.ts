import { newGeneration, type Generation } from './generation.ts'
import type { EarlierFileLike } from './growing-file.ts'

/**
 * Files that had the name earlier as generations of one reader, which go over into those of the feed. Each is closed when
 * the reader has left it, and all that are left when the reader is gone.
 */
export function chainEarlier(files: readonly EarlierFileLike[], current: Generation): Generation {
  if (files.length === 0) return current
  current.awaited++
  const close = (from: number, to: number): void => {
    for (const file of files.slice(from, to)) void file.close()
    if (to === files.length) current.awaited--
  }
  return files.reduceRight<Generation>((next, { fd, sourceId, size }, at) => {
    const generation = newGeneration(fd, sourceId)
    generation.end = size
    generation.next = next
    generation.onLeft = gone => close(at, gone ? files.length : at + 1)
    return generation
  }, current)
}
