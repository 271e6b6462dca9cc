import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { searchStripes } from '@logflow/match'
import type { BlockWriter } from '../output/block-writer.ts'
import type { WholeFileRules } from './copy-file.ts'
import type { FileBlocks } from './file-blocks.ts'
import type { WantedLines } from './wanted-lines.ts'

/** Starting threads takes as long as searching so much. */
const LEAST_BYTES = 256 * 1024 * 1024
/** With fewer, who reads the output has the second one: starting threads costs more than they save. */
const LEAST_CORES = 3
/** More of them are faster than what they write can be taken. */
const MOST_THREADS = 4

/** Whether a file of this size is searched faster by several threads. */
export function deservesThreads(size: number): boolean {
  return size >= LEAST_BYTES && availableParallelism() >= LEAST_CORES
}

/**
 * The wanted lines of a large file to `writer`, as several threads find them, in order. Leaves the file at the first line
 * that is for somebody else: one that is too long or open, or that cannot be read.
 */
export async function searchInThreads(
  file: FileBlocks,
  { pattern, literal, invert }: WantedLines,
  writer: BlockWriter,
  { maxLineBytes, pace }: WholeFileRules,
): Promise<void> {
  const threads = openThreads()
  const { descriptor, size } = file
  try {
    const options = { pattern, literal, invert, withNewline: true, descriptor, size, maxLineBytes, threads }
    const search = searchStripes(options)
    for (;;) {
      const { done, value } = await search.next()
      if (done) return file.goOnAt(value)
      await writer.handOver(value)
      await pace.step()
    }
  } finally {
    // They must be gone before somebody closes the file.
    await Promise.all(threads.map(thread => thread.terminate()))
  }
}

function openThreads(): Worker[] {
  const count = Math.min(availableParallelism(), MOST_THREADS)
  // Beside the bundle of this module; from source, one folder up.
  const isSource = import.meta.url.endsWith('.ts')
  const program = new URL(isSource ? '../search-thread.ts' : './search-thread.js', import.meta.url)
  const execArgv = isSource ? ['--conditions=@logflow/source'] : []
  return Array.from({ length: count }, () => new Worker(program, { execArgv }))
}
