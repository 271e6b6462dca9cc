import type { Delivery, Source } from '@logflow/core'
import { BLOCK_BYTES, type BlockWriter } from '../output/block-writer.ts'
import { errorText } from '../output/dtail-log.ts'
import type { WholeFile } from '../session/reading.ts'
import { timeRangeOf } from '../time/time-range.ts'
import { copyFile } from './copy-file.ts'
import { FileBlocks } from './file-blocks.ts'
import { Pace } from './pace.ts'
import { READ_BYTES, searchFile } from './search-file.ts'

/**
 * Writes the chosen lines of a file, and nothing but them, to `writer`. Returns what else there is to say of it, or
 * `undefined` for a file that has to be read the other way: compressed, between two moments, with context, with a small
 * limit for lines.
 */
export async function takeFile(file: WholeFile, writer: BlockWriter): Promise<readonly Delivery[] | undefined> {
  const { command, context } = file
  const { before = 0, after = 0, max = 0 } = command.options
  const { MaxLineLength: maxLineBytes } = context.config
  if (
    timeRangeOf(command.options) ||
    before > 0 ||
    after > 0 ||
    max > 0 ||
    maxLineBytes < Math.max(BLOCK_BYTES, READ_BYTES)
  )
    return undefined
  const blocks = FileBlocks.open(file.resolved)
  if (!blocks) return undefined
  try {
    return await write(blocks, file, writer)
  } finally {
    blocks.close()
  }
}

async function write(blocks: FileBlocks, file: WholeFile, writer: BlockWriter): Promise<readonly Delivery[]> {
  const { command, context, matcher, onCut, path, signal } = file
  const source: Source = { host: context.hostname, path, id: 'none' }
  const rules = { maxLineBytes: context.config.MaxLineLength, onCut, pace: new Pace(signal) }
  let failure: { readonly reason: unknown } | undefined
  try {
    if (!matcher) await copyFile(blocks, writer, rules)
    else await searchFile(blocks, { matcher, invert: command.pattern.kind === 'invert' }, writer, rules)
  } catch (reason) {
    // Only a file that cannot be read is told and passed over.
    if (!blocks.broken) throw reason
    failure = { reason }
  }
  const { position: from, size: to } = blocks
  const missing: Delivery[] =
    from < to ? [{ kind: 'gap', source, from, to, reason: failure ? 'unreadable' : 'truncated' }] : []
  if (!failure) return missing
  const detail = { message: `cannot read on at byte ${from}: ${errorText(failure.reason)}` }
  return [...missing, { kind: 'event', source, event: 'failed', detail }]
}
