import { randomBytes } from 'node:crypto'
import { readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@logflow/core'
import { Marks } from './marks.ts'
import { batchFile, batchSequence, readSpoolFile, type SpoolFileContent } from './spool-file.ts'

/** A closed batch on disk. */
export interface ClosedBatch {
  readonly sequence: number
  bytes: number
}

/** What an earlier process left. */
export interface RecoveredSpool {
  readonly epoch: string
  /** Oldest first. */
  readonly closed: ClosedBatch[]
  readonly marks: Marks
  /** Bytes of an append that was not finished. */
  readonly tornBytes: number
}

/** Finds what an earlier process spooled. Nothing is appended to its files. */
export async function recoverSpool(folder: string, logger: Logger): Promise<RecoveredSpool> {
  const names = await readdir(folder)
  for (const name of names.filter(file => file.endsWith('.batch.new'))) await unlink(join(folder, name))
  const sequences = names
    .map(batchSequence)
    .filter(sequence => sequence !== undefined)
    .sort((a, b) => a - b)
  const newest = sequences.at(-1)
  if (newest === undefined)
    return { epoch: randomBytes(16).toString('hex'), closed: [], marks: new Marks(), tornBytes: 0 }
  const { epoch, tornBytes, marks } = await newestReadable(folder, sequences)
  if (tornBytes > 0) logger.warn({ event: 'spool.torn', folder, batch: newest, tornBytes })
  const closed: ClosedBatch[] = []
  for (const sequence of sequences)
    closed.push({ sequence, bytes: (await stat(join(folder, batchFile(sequence)))).size })
  logger.info({ event: 'spool.opened', folder, epoch, batches: closed.length })
  return { epoch, closed, marks, tornBytes }
}

/** The epoch stands in every batch; when the newest is broken an older one knows it. */
async function newestReadable(folder: string, sequences: readonly number[]): Promise<SpoolFileContent> {
  let failure: unknown
  for (const sequence of sequences.toReversed()) {
    try {
      return await readSpoolFile(join(folder, batchFile(sequence)))
    } catch (error) {
      failure ??= error
    }
  }
  throw failure
}
