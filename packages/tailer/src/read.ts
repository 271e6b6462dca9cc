import { decompressStream, DETECT_BYTES, detectCompression, type CompressionFormat } from '@logflow/compress'
import type { Delivery, GapReason, Source } from '@logflow/core'
import { systemCode, TailerError } from './errors.ts'
import { errorDetail, failedEvent } from './events.ts'
import { ROOM_BYTES } from './file-reader.ts'
import { nodeFileSystem, type ReadHandle } from './file-system.ts'
import { expandGlob } from './glob.ts'
import { identify, readAt } from './identity.ts'
import { LineCutter, type FreshBytes } from './line-cutter.ts'
import { openAdmitted } from './open-file.ts'
import { resolveTailerOptions, type ReadOptions, type ResolvedTailerOptions } from './options.ts'

/**
 * Every file that the patterns match, once to its end, one after another in the order of the patterns and names.
 * Compressed files (gzip, zstd) are known by their content and delivered unfolded; their offsets count unfolded bytes.
 * Lines are counted from 1 in each file.
 *
 * A file opens with `opened` and closes with `ended`; what cannot be opened or read to its end is `failed`, after a
 * gap where it is known how much is missing. Only an aborted `signal` makes the iteration throw.
 */
export async function* read(
  paths: string | readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<Delivery, void, undefined> {
  const resolved = resolveTailerOptions(options)
  let left = resolved.maxGlobTargets
  for (const pattern of typeof paths === 'string' ? [paths] : paths) {
    resolved.signal?.throwIfAborted()
    const targets = await expandForReading(pattern, resolved)
    if ('kind' in targets) {
      yield targets
      continue
    }
    for (const path of targets.slice(0, left)) yield* readFile(path, resolved)
    if (targets.length > left) {
      const detail = { code: 'LF_TAILER_GLOB', limit: resolved.maxGlobTargets, matched: targets.length }
      yield failedEvent(unknownSource(pattern, resolved), detail)
    }
    left = Math.max(0, left - targets.length)
  }
}

/** The paths of a pattern, or the event that says why there are none. */
async function expandForReading(pattern: string, options: ResolvedTailerOptions): Promise<string[] | Delivery> {
  try {
    const targets = await expandGlob(pattern, options)
    if (targets.length > 0) return targets
    return failedEvent(unknownSource(pattern, options), {
      code: 'LF_TAILER_OPEN',
      message: `nothing matches ${pattern}`,
    })
  } catch (error) {
    return failedEvent(unknownSource(pattern, options), errorDetail(error))
  }
}

async function* readFile(path: string, options: ResolvedTailerOptions): AsyncGenerator<Delivery, void, undefined> {
  let handle: ReadHandle | undefined
  let source = unknownSource(path, options)
  try {
    options.signal?.throwIfAborted()
    handle = (await openAdmitted(path, options.admit, nodeFileSystem)).handle
    const { id, size } = await identify(handle)
    source = { ...source, id }
    yield* readOpened(handle, source, size, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    options.logger.warn({ event: 'source.failed', path, err: error })
    yield failedEvent(source, errorDetail(error))
  } finally {
    await handle?.close()
  }
}

async function* readOpened(
  handle: ReadHandle,
  source: Source,
  size: number,
  options: ResolvedTailerOptions,
): AsyncGenerator<Delivery, void, undefined> {
  const format = detectCompression(await readAt(handle, 0, DETECT_BYTES))
  yield { kind: 'event', source, event: 'opened', detail: { size, format } }
  const cutter = new LineCutter({ source, offset: 0, maxLineBytes: options.maxLineBytes })
  try {
    for await (const chunk of openChunks(handle, format, options)) {
      options.signal?.throwIfAborted()
      const cut = cutter.push(chunk)
      if (cut) yield cut.batch
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    yield* endOf(cutter, source, format === 'none' ? size : 0, 'unreadable')
    throw error
  }
  yield* endOf(cutter, source, format === 'none' ? size : 0, 'truncated')
  yield { kind: 'event', source, event: 'ended', detail: { offset: cutter.offset, lines: cutter.nextLine - 1 } }
}

/** The last open line, and what is missing of the size that the file had when it was opened. */
function* endOf(
  cutter: LineCutter,
  source: Source,
  size: number,
  reason: GapReason,
): Generator<Delivery, void, undefined> {
  const last = cutter.end()
  if (last) yield last
  if (cutter.offset < size) yield { kind: 'gap', source, from: cutter.offset, to: size, reason }
}

function openChunks(
  handle: ReadHandle,
  format: CompressionFormat,
  { batchBytes, signal }: ResolvedTailerOptions,
): AsyncIterable<FreshBytes> {
  const raw = fileChunks(handle, batchBytes)
  return format === 'none' ? raw : unfolded(raw, format, signal)
}

async function* unfolded(
  raw: AsyncIterable<FreshBytes>,
  format: CompressionFormat,
  signal: AbortSignal | undefined,
): AsyncGenerator<FreshBytes, void, undefined> {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const { buffer, from, to } of raw) yield buffer.subarray(from, to)
  }
  for await (const buffer of decompressStream(chunks(), { format, signal })) {
    yield { buffer, from: 0, to: buffer.length }
  }
}

/** The file from its start, the next read under way while the last one is worked on; each in a buffer of its own. */
async function* fileChunks(handle: ReadHandle, batchBytes: number): AsyncGenerator<FreshBytes, void, undefined> {
  const from = Math.min(ROOM_BYTES, batchBytes)
  let position = 0
  const next = async (): Promise<FreshBytes> => {
    const buffer = Buffer.allocUnsafeSlow(from + batchBytes)
    const { bytesRead } = await readChunk(handle, buffer, from, position)
    position += bytesRead
    return { buffer: new Uint8Array(buffer.buffer), from, to: from + bytesRead }
  }
  let pending = next()
  try {
    for (;;) {
      const chunk = await pending
      if (chunk.to === chunk.from) return
      pending = next()
      pending.catch(() => {}) // awaited above or below, maybe after the consumer has left
      yield chunk
    }
  } finally {
    await pending.catch(() => {})
  }
}

async function readChunk(
  handle: ReadHandle,
  buffer: Uint8Array,
  from: number,
  position: number,
): Promise<{ readonly bytesRead: number }> {
  try {
    return await handle.read(buffer, from, buffer.length - from, position)
  } catch (cause) {
    const detail = { offset: position, code: systemCode(cause) }
    throw new TailerError('LF_TAILER_READ', `cannot read on at byte ${position}`, { cause, detail })
  }
}

function unknownSource(path: string, { host }: ResolvedTailerOptions): Source {
  return { host, path, id: 'none' }
}
