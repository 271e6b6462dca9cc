import type { Delivery, Source } from '@logflow/core'
import type { Aggregator } from '@logflow/query'
import { BLOCK_BYTES, type BlockWriter } from '../output/block-writer.ts'
import { errorText } from '../output/dtail-log.ts'
import type { WholeFile } from '../session/reading.ts'
import { timeRangeOf } from '../time/time-range.ts'
import type { ByteSource } from './byte-source.ts'
import { copyFile, type WholeFileRules } from './copy-file.ts'
import { openBlocks } from './file-blocks.ts'
import { Pace } from './pace.ts'
import { queryFile } from './query-file.ts'
import { searchFile } from './search-file.ts'
import { READ_BYTES } from './whole-lines.ts'

/**
 * Writes the chosen lines of a file, and nothing but them, to `writer`. Returns what else there is to say of it, or
 * `undefined` for a file that has to be read the other way: between two moments, with context, with a small limit for
 * lines.
 */
export function takeFile(file: WholeFile, writer: BlockWriter): Promise<readonly Delivery[] | undefined> {
  const { command, matcher } = file
  const { kind, literal, pattern } = command.pattern
  const wanted = matcher && { matcher, pattern, literal, invert: kind === 'invert' }
  return takeBlocks(file, (blocks, { rules }) =>
    wanted ? searchFile(blocks, wanted, writer, rules) : copyFile(blocks, writer, rules),
  )
}

/** As {@link takeFile}, but every line goes into a query. Not for files of which only some lines are wanted. */
export async function aggregateFile(file: WholeFile, aggregator: Aggregator): Promise<readonly Delivery[] | undefined> {
  if (file.matcher) return undefined
  return takeBlocks(file, (blocks, { rules, source }) => queryFile(blocks, aggregator, source, rules))
}

/** Two longer lines are more than one memory has room for. */
const MOST_LINE_BYTES = 256 * 1024 * 1024

interface Taking {
  readonly rules: WholeFileRules
  readonly source: Source
}

type TakeBlocks = (blocks: ByteSource, taking: Taking) => Promise<void>

async function takeBlocks(file: WholeFile, take: TakeBlocks): Promise<readonly Delivery[] | undefined> {
  const { command, context } = file
  const { before = 0, after = 0, max = 0 } = command.options
  const { MaxLineLength: maxLineBytes } = context.config
  if (
    timeRangeOf(command.options) ||
    before > 0 ||
    after > 0 ||
    max > 0 ||
    maxLineBytes < Math.max(BLOCK_BYTES, READ_BYTES) ||
    maxLineBytes > MOST_LINE_BYTES
  )
    return undefined
  const blocks = await openBlocks(file.resolved, file.signal)
  if (!blocks) return undefined
  file.watched?.(blocks)
  try {
    return await takeAll(blocks, file, take)
  } finally {
    await blocks.close()
  }
}

async function takeAll(blocks: ByteSource, file: WholeFile, take: TakeBlocks): Promise<readonly Delivery[]> {
  const { context, onCut, path, resolved, signal } = file
  const source: Source = { host: context.hostname, path, id: resolved }
  const rules = { maxLineBytes: context.config.MaxLineLength, onCut, pace: new Pace(signal) }
  let failure: { readonly reason: unknown } | undefined
  try {
    await take(blocks, { rules, source })
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
